import { signal } from '@preact/signals';

interface Shortcut {
  /** What is pressed: `?`, `g n` (one after the other), `mod+k`. */
  keys: string;
  run: () => void;
}

/** Which overlay is open. */
export const overlay = signal<'help' | 'palette' | undefined>(undefined);

const shortcuts = new Map<string, Shortcut>();
let before = '';
let beforeAt = 0;

/** Makes keys do something; the returned function takes it back. */
export function shortcut(keys: string, run: () => void): () => void {
  shortcuts.set(keys, { keys, run });
  return () => shortcuts.delete(keys);
}

/** Whether keys that are pressed there are meant as text. */
const takesText = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const mod = event.ctrlKey || event.metaKey;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const now = Date.now();
  const keys = mod
    ? `mod+${name}`
    : beforeAt > now - 1200 && shortcuts.has(`${before} ${name}`)
      ? `${before} ${name}`
      : name;
  if (!mod && takesText(event.target)) return;
  [before, beforeAt] = [name, now];
  const found = shortcuts.get(keys);
  if (!found) return;
  event.preventDefault();
  before = '';
  found.run();
}

/** Begins to listen to the keyboard; the returned function ends that. */
export function listen(): () => void {
  window.addEventListener('keydown', press);
  return () => window.removeEventListener('keydown', press);
}
