import type { ComponentChildren } from 'preact';
import './badge.css';

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'none';

/** A word in a coloured field. */
export function Badge({ tone = 'none', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** A key of the keyboard. */
export function Key({ children }: { children: ComponentChildren }) {
  return <kbd class="key">{children}</kbd>;
}
