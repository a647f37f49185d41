import { signal } from '@preact/signals';

/** The languages of the page. */
export const locales = ['en', 'zh'] as const;

export type Locale = (typeof locales)[number];

/** The chosen language; what reads texts is drawn anew when it changes. */
export const locale = signal<Locale>(first());

function first(): Locale {
  const chosen = localStorage.getItem('locale') ?? navigator.language;
  return /^zh\b/i.test(chosen) ? 'zh' : 'en';
}

export function setLocale(chosen: Locale): void {
  localStorage.setItem('locale', chosen);
  locale.value = chosen;
}

/** A text, or a function that puts values into one, or a group of texts. */
export interface Texts {
  [name: string]: string | ((...values: never[]) => string) | Texts;
}

/** Texts of the same names and values. */
type Alike<T> = {
  [Name in keyof T]: T[Name] extends string
    ? string
    : T[Name] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Alike<T[Name]>;
};

/**
 * The texts of one part of the page. A text that one language lacks, or has alone, does not compile.
 *
 * @returns the texts in the language that is chosen when it is called
 */
export function texts<const T extends Texts>(all: { en: T; zh: NoInfer<Alike<T>> }): () => Alike<T> {
  return () => (locale.value === 'zh' ? all.zh : (all.en as unknown as Alike<T>));
}
