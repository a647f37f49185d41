import { compilePatterns, nameKey, type Persona } from '../../personas/index.ts';
import type { Window } from '../context/index.ts';

/** A rule that a reply has broken. */
export type Breach = 'name' | 'language' | 'length' | 'form';

/**
 * What no reply may hold, whoever speaks: it belongs to the layout, or to another kind of machine. To say what it is when it is
 * asked is honest, and no such form.
 */
const FORMS = [
  'as an AI',
  'as a language model',
  'AI language model',
  '作为一个人工智能',
  '作为AI',
  '作为一个语言模型',
  '作为语言模型',
  'AI语言模型',
];
const LAYOUT = /^\*\*\*|\[note:|<\|[\w-]+\|>/m;
/** Letters that are no mark of a language. */
const LETTERS = /\p{L}/gu;
/** A reply may be this many times as long as the longest that the persona's file shows. */
const TIMES = 4;
const SHORT = 240;

/** Looks at what a persona says by its rules; made once for each persona. */
export function mannersOf(persona: Persona): (text: string, finish: string) => Breach[] {
  const longest = Math.max(...persona.examples.map(({ reply }) => reply.length));
  const forbidden = compilePatterns([...FORMS, ...persona.bannedPhrases, ...persona.refusals.output]);
  return (text, finish) => {
    const breaches: Breach[] = [];
    if (speakersIn(text, [persona.name]).length > 0) breaches.push('name');
    if (!isIn(persona.language, text)) breaches.push('language');
    if (finish === 'length' || text.length > Math.max(SHORT, longest * TIMES)) breaches.push('length');
    if (forbidden.find(text) !== undefined || LAYOUT.test(text)) breaches.push('form');
    return breaches;
  };
}

/** Most letters are of the language; a text without letters is in all of them. */
function isIn(language: Persona['language'], text: string): boolean {
  const letters = text.match(LETTERS) ?? [];
  const wanted = language === 'zh' ? /\p{sc=Han}/u : /\p{sc=Latin}/u;
  return letters.length === 0 || letters.filter((letter) => wanted.test(letter)).length >= letters.length / 2;
}

/** Whether what is shown speaks for somebody: a line that begins with the name of anybody in the window and a colon. */
export function isImpersonation(text: string, { names }: Pick<Window, 'names'>): boolean {
  return speakersIn(text, names).length > 0;
}

function speakersIn(text: string, names: readonly string[]): string[] {
  const keys = new Set(names.map(nameKey));
  return text.split('\n').flatMap((line) => {
    const [, name] = /^\s*([^:：]{1,40})[:：]/u.exec(line) ?? [];
    return name !== undefined && keys.has(nameKey(name)) ? [name] : [];
  });
}
