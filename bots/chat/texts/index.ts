import i18next from 'i18next';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** The languages of our own texts. */
export const locales = ['en', 'zh'] as const;

export type Locale = (typeof locales)[number];

/** A text's name; one that depends on a number is named without `_one` and `_other`. */
export type TextName = Exclude<keyof typeof en, `${string}_one` | `${string}_other`> | PluralName;
type PluralName = keyof typeof en extends infer Key ? (Key extends `${infer Name}_one` ? Name : never) : never;

/** Gives our text of that name, with the values put in. */
export type Say = (name: TextName, values?: Readonly<Record<string, string | number>>) => string;

const i18n = i18next.createInstance();
await i18n.init({
  resources: { en: { translation: en }, zh: { translation: zh } },
  fallbackLng: 'en',
  keySeparator: false,
  nsSeparator: false,
  // Chats show plain text; a platform that shows HTML escapes all of it.
  interpolation: { escapeValue: false },
});

const said = Object.fromEntries(locales.map((locale) => [locale, i18n.getFixedT(locale)]));

/** Our texts in a language. */
export const sayIn = (locale: Locale): Say => said[locale] as Say;

/** The language of a locale such as `zh-CN` or `zh_CN.UTF-8`; English when it is not one of ours. */
export function localeOf(name: string | undefined): Locale {
  return /^zh\b|^zh_/i.test(name ?? '') ? 'zh' : 'en';
}
