import { signal } from '@preact/signals';

export const themes = ['auto', 'light', 'dark'] as const;

export type Theme = (typeof themes)[number];

/** What was chosen; `auto` follows the system. */
export const theme = signal<Theme>((document.documentElement.dataset.theme as Theme | undefined) ?? 'auto');

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'auto') {
    localStorage.removeItem('theme');
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem('theme', chosen);
    document.documentElement.dataset.theme = chosen;
  }
}
