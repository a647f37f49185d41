import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadPersonas, nameKey, pickLine } from '../../personas/index.ts';

const { personas, problems } = await loadPersonas(fileURLToPath(new URL('../../personas', import.meta.url)));

/** Words; Chinese has no spaces, there two characters count as one word. */
const words = (text: string) =>
  (text.match(/\p{sc=Han}/gu)?.length ?? 0) / 2 +
  (text.replace(/\p{sc=Han}/gu, ' ').match(/[\p{L}\p{N}'’-]+/gu)?.length ?? 0);

it('has five, without a mistake', () => {
  expect(problems).toEqual([]);
  expect(personas.map(({ id, name }) => `${id} ${name}`)).toEqual([
    'butler Pemberton',
    'detective Malone',
    'guide Guide',
    'laowang 老王',
    'pirate Brine',
  ]);
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
    expect(replies.filter((reply) => /don't know|do not know|不知道。/.test(reply))).toHaveLength(1);
    expect(replies.some((reply) => /^(No\.|NEVER|I must decline|这忙我可不帮)/.test(reply))).toBe(true);
  });

  it('opens no two replies alike: what opens alike, a model repeats', () => {
    const openings = persona.examples.map(({ reply }) => nameKey(reply.slice(0, 6)));
    expect(new Set(openings).size).toBe(openings.length);
  });

  it('has a line for every occasion', () => {
    for (const occasion of ['error', 'busy', 'empty', 'refused', 'cancelled'] as const) {
      const line = pickLine(persona, occasion, 'job 7');
      expect(line).toBeTruthy();
      expect(pickLine(persona, occasion, 'job 7')).toBe(line);
      expect(persona.lines[occasion]).toContain(pickLine(persona, occasion));
    }
  });
});
