import type { Button } from './surface.ts';
import type { Locale } from './texts/index.ts';

const labels: Record<Locale, Record<Button, string>> = {
  en: { stop: 'Stop', retry: 'Retry', continue: 'Continue', up: '👍', down: '👎' },
  zh: { stop: '停止', retry: '重来', continue: '继续', up: '👍', down: '👎' },
};

/** What stands on a button. */
export const labelOf = (button: Button, locale: Locale): string => labels[locale][button];

/** Whether a word from outside names a button. */
export const isButton = (word: string): word is Button => Object.hasOwn(labels.en, word);
