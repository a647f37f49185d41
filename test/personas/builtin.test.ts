import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { budgetsFor, renderStatic } from '../../inference/context/index.ts';
import { openTokenizer, type Tokenizer } from '../../inference/engine/index.ts';
import {
  calledLore,
  constantLore,
  loadPersonas,
  nameKey,
  pickGreeting,
  pickLine,
  resolvePersona,
} from '../../personas/index.ts';
import { GROK_TOKENIZER, skipNote } from '../inference/engine/golden.ts';

const { personas, problems } = await loadPersonas(fileURLToPath(new URL('../../personas', import.meta.url)));

/** Words; Chinese has no spaces, there two characters count as one word. */
const words = (text: string) =>
  (text.match(/\p{sc=Han}/gu)?.length ?? 0) / 2 +
  (text.replace(/\p{sc=Han}/gu, ' ').match(/[\p{L}\p{N}'’-]+/gu)?.length ?? 0);

it('has twelve, four of them in Chinese, without a mistake', () => {
  expect(problems).toEqual([]);
  expect(personas.map(({ id, name, language }) => `${id} ${name} ${language}`)).toEqual([
    'butler Pemberton en',
    'cat Minerva en',
    'consultant Blake en',
    'detective Malone en',
    'fuzi 夫子 zh',
    'guide Guide en',
    'laowang 老王 zh',
    'naturalist Fenwick en',
    'pirate Brine en',
    'robot Unit Nine en',
    'sanniang 三娘 zh',
    'xiaozhao 小赵 zh',
  ]);
});

it('says nothing twice, in whatever voice', () => {
  const said = personas.flatMap(({ examples, greeting, greetings, lines, lorebook }) => [
    ...examples.map(({ reply }) => reply),
    greeting,
    ...greetings,
    ...Object.values(lines).flat(),
    ...lorebook.entries.map(({ content }) => content),
  ]);
  expect(new Set(said.map((line = '') => nameKey(line))).size).toBe(said.length);
});

describe.each(personas)('$id', (persona) => {
  it('is short enough for a small model', () => {
    expect(words(persona.profile)).toBeLessThanOrEqual(50);
    expect(persona.examples).toHaveLength(8);
    for (const { reply } of persona.examples.slice(0, 4)) expect(words(reply)).toBeLessThanOrEqual(25);
    for (const { reply } of persona.examples) {
      expect(words(reply)).toBeLessThanOrEqual(34);
      expect(words(reply)).toBeGreaterThanOrEqual(8);
      expect(reply).not.toContain('\n');
    }
  });

  it('says no once and admits once that it does not know', () => {
    const replies = persona.examples.map(({ reply }) => reply);
    expect(replies.filter((reply) => /don't know|do not know|不知道。|^不知也。/.test(reply))).toHaveLength(1);
    const refusals = /^(No\.|no\.|NEVER|I must decline|这忙我可不帮|这生意我不接|不可。|不行。)/;
    expect(replies.filter((reply) => refusals.test(reply))).toHaveLength(1);
  });

  it('opens no two replies alike: what opens alike, a model repeats', () => {
    const openings = persona.examples.map(({ reply }) => nameKey(reply.slice(0, 6)));
    expect(new Set(openings).size).toBe(openings.length);
  });

  it('has a line for every occasion, and more than one greeting', () => {
    for (const occasion of ['error', 'busy', 'full', 'empty', 'refused', 'cancelled'] as const) {
      const line = pickLine(persona, occasion, 'job 7');
      expect(line).toBeTruthy();
      expect(pickLine(persona, occasion, 'job 7')).toBe(line);
      expect(persona.lines[occasion]).toContain(pickLine(persona, occasion));
    }
    const greetings = Array.from({ length: 40 }, (_, at) => pickGreeting(persona, `chat ${at}`));
    expect(new Set(greetings)).toEqual(new Set([persona.greeting, ...persona.greetings]));
    expect(persona.greetings.length).toBeGreaterThan(0);
  });

  it('can be calm or wild', () => {
    const at = (mood?: string) => resolvePersona(persona, { mood }).sampling.temperature;
    expect(at('calm')).toBeLessThan(at());
    expect(at('wild')).toBeGreaterThan(at());
  });

  it('knows something that nothing but its own word calls', () => {
    // Constant lore would be in every prompt; what is for now and then is called.
    expect(constantLore(persona.lorebook)).toEqual([]);
    for (const entry of persona.lorebook.entries)
      for (const key of entry.keys) expect(calledLore(persona.lorebook, `… ${key} …`)).toContain(entry);
    expect(calledLore(persona.lorebook, 'Hello, what is the time?')).toEqual([]);
  });
});

describe.skipIf(!GROK_TOKENIZER)(`with Grok-1's tokenizer${skipNote('tokenizer.model', GROK_TOKENIZER)}`, () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await openTokenizer(GROK_TOKENIZER ?? '');
  });

  it.each(personas)('the static part of $id has at most 2048 tokens, with all of its examples', (persona) => {
    const budget = budgetsFor(8192).static;
    expect(budget).toBe(2048);
    const { tokens, examples } = renderStatic(persona, tokenizer, budget);
    expect(tokens.length).toBeLessThanOrEqual(budget);
    expect(examples).toBe(persona.examples.length);
  });
});
