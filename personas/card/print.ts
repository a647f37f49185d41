import type { PersonaData } from '../schema.ts';
import { printBook } from './book.ts';
import { printExamples } from './examples.ts';

/** Which fields of a card say what a field of a persona says. */
export const sources = {
  name: ['name', 'nickname'],
  profile: ['description', 'personality', 'scenario'],
  greeting: ['first_mes'],
  greetings: ['alternate_greetings'],
  examples: ['mes_example'],
  lorebook: ['character_book'],
} as const;

/** What a card's fields say when they are written anew. */
export function printData(persona: PersonaData) {
  const book = printBook(persona.lorebook);
  return {
    name: persona.name,
    description: persona.profile.replaceAll('{name}', '{{char}}'),
    personality: '',
    scenario: '',
    first_mes: persona.greeting,
    mes_example: printExamples(persona.examples),
    creator_notes: persona.description,
    system_prompt: '',
    post_history_instructions: '',
    alternate_greetings: persona.greetings,
    tags: [],
    creator: '',
    character_version: '',
    ...(book && { character_book: book }),
    group_only_greetings: [],
  };
}

/** A whole card of version 3. */
export function printFields(persona: PersonaData, extensions: object = {}): string {
  return JSON.stringify({
    spec: 'chara_card_v3',
    spec_version: '3.0',
    data: { ...printData(persona), extensions },
  });
}
