import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/problem.ts';
import { Icon } from './icon.tsx';
import { say } from './texts.ts';
import './toast.css';

interface Toast {
  id: number;
  text: string;
  kind: 'good' | 'bad';
  /** What can be done about it, e.g. take a change back. */
  action?: { label: string; run: () => unknown };
}

const toasts = signal<Toast[]>([]);
let last = 0;

/** Says something for a few seconds, or until it is dismissed when something failed. */
export function toast(text: string, kind: Toast['kind'] = 'good', action?: Toast['action']): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-3), { id, text, kind, ...(action && { action }) }];
}

/** Shows what was thrown. */
export const report = (error: unknown): void => toast(messageOf(error), 'bad');

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((it) => it.id !== id);
}

/** Where the toasts stand; a live region, so that they are read out. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((it) => (
        <One key={it.id} {...it} />
      ))}
    </div>
  );
}

/** Stands for its time from when it is drawn, and as long as somebody points at it or has the focus in it. */
function One({ id, text, kind, action }: Toast) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (kind === 'bad' || held) return;
    const timer = setTimeout(() => dismiss(id), action ? 10_000 : 5000);
    return () => clearTimeout(timer);
  }, [held]);
  const hold = () => setHeld(true);
  const letGo = () => setHeld(false);
  return (
    <div class={`toast toast-${kind}`} onPointerEnter={hold} onPointerLeave={letGo} onFocusIn={hold} onFocusOut={letGo}>
      <span class="grow">{text}</span>
      {action && (
        <button
          type="button"
          class="toast-action"
          onClick={() => {
            dismiss(id);
            Promise.resolve(action.run()).catch(report);
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" class="bare" aria-label={say().close_toast} onClick={() => dismiss(id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
