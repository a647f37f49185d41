import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';

interface Props<Item> {
  items: readonly Item[];
  onItems: (items: Item[]) => void;
  /** What a new one begins as. */
  fresh: Item;
  least?: number;
  most: number;
  words: {
    item: (number: number) => string;
    add: string;
    remove: (number: number) => string;
    up: (number: number) => string;
  };
  /** What is wrong with the list as a whole. */
  error?: string | undefined;
  disabled: boolean;
  children: (item: Item, at: number, set: (item: Item) => void) => ComponentChildren;
}

const FIRST = 'input, textarea, select';

/** Several of a kind, whose order counts: added, moved up, taken out. */
export function Repeated<Item>({
  items,
  onItems,
  fresh,
  least = 0,
  most,
  words,
  error,
  disabled,
  children,
}: Props<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const added = useRef(false);
  useLayoutEffect(() => {
    if (!added.current) return;
    added.current = false;
    [...(box.current?.querySelectorAll(':scope > fieldset') ?? [])].at(-1)?.querySelector<HTMLElement>(FIRST)?.focus();
  }, [items.length]);
  const add = () => {
    added.current = true;
    onItems([...items, fresh]);
  };
  const up = (at: number) => {
    const moved = [...items];
    moved.splice(at - 1, 0, ...moved.splice(at, 1));
    onItems(moved);
  };
  return (
    <div ref={box} class="stack">
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      {items.map((item, at) => (
        <fieldset key={at} class="repeated" disabled={disabled}>
          <legend class="label">{words.item(at + 1)}</legend>
          {children(item, at, (changed) => onItems(items.map((it, index) => (index === at ? changed : it))))}
          {!disabled && (
            <div class="repeated-actions">
              {at > 0 && (
                <button type="button" class="bare turned" aria-label={words.up(at + 1)} onClick={() => up(at)}>
                  <Icon name="back" />
                </button>
              )}
              {items.length > least && (
                <button
                  type="button"
                  class="bare"
                  aria-label={words.remove(at + 1)}
                  onClick={() => onItems(items.filter((_, index) => index !== at))}
                >
                  <Icon name="close" />
                </button>
              )}
            </div>
          )}
        </fieldset>
      ))}
      {!disabled && items.length < most && (
        <div class="row">
          <Button onClick={add}>{words.add}</Button>
        </div>
      )}
    </div>
  );
}
