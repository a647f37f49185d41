import { cleanName } from '../name.ts';
import type { Exchange, Language, PersonaData } from '../schema.ts';
import { readBook } from './book.ts';
import { defaults } from './defaults.ts';
import { parseExamples } from './examples.ts';
import { type Note, note, type Part } from './notes.ts';
import type { Card } from './schema.ts';
import { shorten, tidy, weightOf } from './tidy.ts';

/** What a card itself says of a persona; the rest of a persona has no place in a card. */
export type CardFields = Pick<PersonaData, 'profile' | 'examples' | 'greeting' | 'greetings' | 'lorebook'> & {
  /** undefined when no letter of the card's name can stand in a chat. */
  name: string | undefined;
};

export interface Read {
  readonly fields: CardFields;
  readonly language: Language;
  /** What was changed or left out, for whoever imports. */
  readonly notes: readonly Note[];
}

/** Some 1,300 tokens: a profile must leave room for the examples, which are the voice. */
const PROFILE_WEIGHT = 5000;
const TEXT_WEIGHT = 3000;
const MAX_EXAMPLES = 12;
const MAX_NAME = 200;
const MAX_GREETINGS = 20;

/** Reads a card's own fields. @throws WisecrackError WISECRACK_CARD_INVALID */
export function readFields({ data }: Card): Read {
  const notes: Note[] = [];
  const fitted = (part: Part, raw: string, weight: number) => {
    const whole = tidy(raw);
    const text = shorten(whole, weight, weightOf);
    if (text.length < whole.length) notes.push(note('shortened', { part, taken: text.length, whole: whole.length }));
    return text;
  };

  const called = (data.nickname || data.name).slice(0, MAX_NAME);
  const name = cleanName(called);
  if (name !== undefined && name !== called) notes.push(note('renamed', { from: called.slice(0, 60), to: name }));
  const whole = [data.description, data.personality, data.scenario].map(tidy).filter((part) => part !== '');
  const profile = fitted('profile', whole.join('\n'), PROFILE_WEIGHT);
  const first = fitted('greeting', data.first_mes, TEXT_WEIGHT);
  const greetings = data.alternate_greetings
    .map((each) => fitted('otherGreeting', each, TEXT_WEIGHT))
    .filter((each) => each !== '');
  const examples = parseExamples(tidy(data.mes_example), called).map(({ user, reply }) => ({
    user: fitted('example', user, TEXT_WEIGHT),
    reply: fitted('example', reply, TEXT_WEIGHT),
  }));
  if (examples.length > MAX_EXAMPLES)
    notes.push(note('moreExamples', { left: examples.length - MAX_EXAMPLES, most: MAX_EXAMPLES }));
  if (tidy(data.system_prompt) !== '' || tidy(data.post_history_instructions) !== '') {
    notes.push(note('orders'));
  }
  const { lorebook, notes: ofBook } = readBook(data.character_book ?? undefined);
  notes.push(...ofBook);

  const language = languageOf([profile, first, ...examples.map(({ reply }) => reply)].join(' '));
  const macros = unknownMacros([profile, first, ...greetings, ...examples.map(({ reply }) => reply)].join(' '));
  if (macros.length > 0) notes.push(note('macros', { macros }));
  if (profile === '') notes.push(note('noProfile'));
  if (examples.length === 0) notes.push(note('noExamples'));
  const { greeting } = defaults[language];
  return {
    fields: {
      name,
      profile: profile || '{{char}}.',
      greeting: first || greeting,
      greetings: greetings.slice(0, MAX_GREETINGS),
      examples: withOne(examples.slice(0, MAX_EXAMPLES), { user: defaults[language].hello, reply: first || greeting }),
      lorebook,
    },
    language,
    notes: [...new Map(notes.map((each) => [each.message, each])).values()],
  };
}

/** A persona without an example has no voice at all; its greeting is better than nothing. */
function withOne(examples: Exchange[], other: Exchange): Exchange[] {
  return examples.length > 0 ? examples : [other];
}

/** Clocks, variables and the like of other programs: the model would read them as they stand. */
function unknownMacros(text: string): string[] {
  const found = [...text.matchAll(/\{\{[^{}\n]{1,30}\}\}/g)].map(([macro]) => macro);
  return [...new Set(found)].filter((macro) => !/^\{\{\s*(?:char|user)\s*\}\}$/i.test(macro)).slice(0, 5);
}

function languageOf(text: string): Language {
  const count = (letters: RegExp) => text.match(letters)?.length ?? 0;
  // A Chinese word is some two characters, a Latin one five.
  return count(/\p{sc=Han}/gu) * 2 > count(/\p{sc=Latin}/gu) ? 'zh' : 'en';
}
