import { useRef } from 'preact/hooks';
import './tabs.css';

interface Props<Name extends string> {
  label: string;
  tabs: readonly { name: Name; label: string; count?: number }[];
  chosen: Name;
  onChoose: (name: Name) => void;
}

/** Tabs: one tab stop, arrow keys between them. The panel has the id `panel-NAME`. */
export function Tabs<Name extends string>({ label, tabs, chosen, onChoose }: Props<Name>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (tabs.findIndex(({ name }) => name === chosen) + step + tabs.length) % tabs.length;
    const next = tabs[at];
    if (!next) return;
    onChoose(next.name);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus();
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(({ name, label: text, count }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === chosen}
          aria-controls={name === chosen ? `panel-${name}` : undefined}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {text}
          {count !== undefined && count > 0 && <span class="count figure">{count}</span>}
        </button>
      ))}
    </div>
  );
}

/** What a tab shows. */
export const panel = (name: string) =>
  ({ id: `panel-${name}`, role: 'tabpanel', 'aria-labelledby': `tab-${name}` }) as const;
