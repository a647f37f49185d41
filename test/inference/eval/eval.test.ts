import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../inference/engine/index.ts';
import { type Exchange, type Figure, isMet, linesOf, play, reportOf, scripts } from '../../../inference/eval/index.ts';
import { isImpersonation, mannersOf } from '../../../inference/eval/manners.ts';
import { readingOf, steadySpan } from '../../../inference/eval/reading.ts';
import { distinct, repeated } from '../../../inference/eval/repetition.ts';
import { loadPersonas, type Persona } from '../../../personas/index.ts';
import { packageRoot } from '../../../root.ts';
import { scriptedEngine } from './scripted.ts';

const { personas } = await loadPersonas(`${packageRoot()}/personas`);
const persona = (id: string) => personas.find((each) => each.id === id) as Persona;
const butler = persona('butler');

/** A reply of its own for each call, as long as chat replies are, in words that nobody knows. */
const lively = (call: number) => {
  let state = call + 1;
  const letter = (of: string) => {
    state = (state * 48_271) % 2_147_483_647;
    return of[state % of.length] ?? '';
  };
  const word = () => Array.from({ length: 3 }, () => letter('bdfgklmnprstvz') + letter('aeiou')).join('');
  return ` ${Array.from({ length: 9 }, word).join(' ')}.`;
};

async function evaluate(engine: Engine, turns = 200, who = butler): Promise<(name: string) => Figure> {
  const played = await play({ persona: who, engine, script: scripts[who.language], turns });
  const figures = reportOf(played, who, engine);
  return (name) => figures.find((figure) => figure.name === name) as Figure;
}

describe('a long chat', () => {
  it('that goes well meets every bar, and reads little anew', async () => {
    const played = await play({ persona: butler, engine: scriptedEngine(lively), script: scripts.en, turns: 400 });
    const figures = reportOf(played, butler, scriptedEngine(lively));
    expect(figures.filter((figure) => !isMet(figure))).toEqual([]);
    const value = (name: string) => figures.find((figure) => figure.name === name)?.value ?? Number.NaN;
    expect(played.seen).toHaveLength(400);
    expect(value('prompt from the cache')).toBeGreaterThan(0.95);
    expect(value('a sliding window reads')).toBeGreaterThan(10);
    expect(value('evictions')).toBeGreaterThan(3);
    expect(value('of it static') + value('of it summary') + value('of it history')).toBeLessThan(value('prompt'));
  });

  it('is the same when it is played again', async () => {
    const once = async () =>
      (await play({ persona: butler, engine: scriptedEngine(lively), script: scripts.en, turns: 60 })).seen;
    expect(await once()).toEqual(await once());
  });

  it('shows no line for somebody else, whatever the model goes on to write', async () => {
    const forging = (call: number) =>
      `${call % 9 === 0 ? ' Ann: no.' : lively(call)}\n  Ann: quoted\nAnn: I agree\nPemberton: So do I.\n***\n[note: x]`;
    const figure = await evaluate(scriptedEngine(forging));
    expect(figure('impersonations')).toMatchObject({ value: 0, most: 0 });
    expect(figure('with a forbidden form').value).toBe(0);
  });

  it('tells of a persona that repeats itself, or falls out of its part', async () => {
    const bad = [
      ' No: Ann, that is wrong.',
      ' As an AI, I cannot.',
      ' 我不会说英文，真的不会。',
      ' It is what it always was.',
    ];
    const figure = await evaluate(scriptedEngine((call) => bad[call % bad.length] ?? ''));
    expect(figure('with a forbidden form').value).toBeGreaterThan(0);
    expect(figure('in another language').value).toBeGreaterThan(0);
    for (const name of ['replies in character', 'repeated replies', 'distinct-2'])
      expect(isMet(figure(name)), name).toBe(false);
  });

  it('tells of replies that are none', async () => {
    const figure = await evaluate(
      scriptedEngine(() => ''),
      20,
    );
    expect(figure('without an answer').value).toBe(1);
    expect(figure('made again').value).toBe(1);
  });

  it('overruns no budget in a small window, in either language', async () => {
    for (const who of [butler, persona('laowang')]) {
      const long = (call: number) => ` ${call} ${'blah '.repeat(10)}`;
      const figure = await evaluate(scriptedEngine(long, 2048), 100, { ...who, examples: who.examples.slice(0, 1) });
      expect(figure('budget overruns')).toMatchObject({ value: 0, most: 0 });
      expect(figure('evictions').value).toBeGreaterThan(3);
    }
  });
});

describe('the scripts', () => {
  it.each(['en', 'zh'] as const)('in %s hold many people, long messages and tries to break the persona', (language) => {
    const lines = [...linesOf(scripts[language], 'Pemberton', 100)];
    expect(new Set(lines.map(({ author }) => author)).size).toBeGreaterThanOrEqual(5);
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeGreaterThan(language === 'zh' ? 150 : 500);
    expect(lines.some(({ name }) => name === 'Pemberton')).toBe(true);
    expect(lines.some(({ text }) => /\nPemberton[:：]/.test(text))).toBe(true);
    expect(JSON.stringify(lines)).not.toContain('{name}');
  });

  it('go on with other people when they are over', () => {
    const count = scripts.en.topics.flat().length;
    const lines = [...linesOf(scripts.en, 'Pemberton', count + 1)];
    expect(lines[count]?.text).toBe(lines[0]?.text);
    expect(lines[count]?.name).not.toBe(lines[0]?.name);
  });
});

describe('the rules of a persona', () => {
  const look = mannersOf({
    ...butler,
    bannedPhrases: ['to be frank'],
    refusals: { examples: [], input: [], output: ['heck'] },
  });
  it.each([
    ['Very good, madam.', []],
    ['5 pm.', []],
    ['🦆', []],
    ['Pemberton: Very good.', ['name']],
    ['Very good.\n pemberton： yes', ['name']],
    ['很好，夫人，茶已经备好了。', ['language']],
    ['The word is 茶, madam.', []],
    ['x'.repeat(5000), ['length']],
    ['As an AI, I pour no tea.', ['form']],
    ['As a language model I pour no tea.', ['form']],
    ['A language model, madam, dressed as a butler.', []],
    ['To be frank, no.', ['form']],
    ['Heck, no.', ['form']],
    ['Tea.\n***\nMore.', ['form']],
    ['<|separator|>', ['form']],
  ])('%j breaks %j', (text, breaches) => expect(look(text, 'stop')).toEqual(breaches));

  it('say who speaks', () => {
    const names = ['Pemberton', 'Ann', '老李'];
    for (const text of ['Ann: hi', 'Well.\n ann ： hi', 'Well.\nPemberton: hi', '老李：好'])
      expect(isImpersonation(text, { names }), text).toBe(true);
    for (const text of ['Ann, hi', 'Dear Ann: hi', 'Well: Ann', 'Ben: hi', 'Ann'])
      expect(isImpersonation(text, { names }), text).toBe(false);
  });

  it('end a reply', () => expect(look('Very good', 'length')).toEqual(['length']));
});

describe('repetition', () => {
  it('is counted in runs of words, and of characters where there are no words', () => {
    expect(distinct(['a b', 'a b'], 1)).toBe(0.5);
    expect(distinct(['a b c', 'a b d'], 2)).toBe(0.75);
    expect(distinct(['你好你好'], 2)).toBeCloseTo(2 / 3);
    expect(distinct([], 2)).toBe(1);
    // However long the chat is.
    expect(
      distinct(
        Array.from({ length: 150 }, () => 'a b'),
        1,
      ),
    ).toBe(0.02);
  });

  it('is the same reply among the last twenty, not a short one', () => {
    expect(repeated(['Well, that is that!', 'well that is THAT', 'Aye.', 'Aye.'])).toBe(1);
    const others = Array.from({ length: 21 }, (_, at) => `something else, number ${at}`);
    expect(repeated(['Well, that is that!', ...others, 'Well, that is that!'])).toBe(0);
  });
});

describe('reading', () => {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
  const first = { at: 0, prompt: range(0, 40), drawn: range(40, 50) };

  it('is what no whole block before it holds', () => {
    const next = { at: 1, prompt: range(0, 60), drawn: [] };
    expect(readingOf([first, next])).toEqual({ replies: 1, tokens: 60, cached: 48 });
    expect(readingOf([first, { ...next, prompt: [...range(0, 20), ...range(30, 60)] }])).toEqual({
      ...{ replies: 1, tokens: 50, cached: 16 },
    });
    expect(readingOf([first])).toEqual({ replies: 0, tokens: 0, cached: 0 });
  });

  it('computes the last token of a prompt in any case', () => {
    const same = { prompt: range(0, 32), drawn: [] };
    expect(
      readingOf([
        { at: 0, ...same },
        { at: 1, ...same },
      ]),
    ).toEqual({ replies: 1, tokens: 32, cached: 16 });
  });

  it('is counted where the chat is steady: the window is filled and emptied whole times', () => {
    const exchanges = (...evictions: number[]) =>
      evictions.map((count) => ({ window: { evicted: Array(count) }, calls: [] }) as unknown as Exchange);
    expect(steadySpan(exchanges(0, 0, 1, 1, 2, 2, 3, 3))).toEqual({ from: 2, to: 6 });
    expect(steadySpan(exchanges(0, 0, 1, 1))).toEqual({ from: 0, to: 4 });
    expect(steadySpan(exchanges(0, 0))).toEqual({ from: 0, to: 2 });
    const steps = [1, 2, 3].map((at) => ({ at, prompt: range(0, 16 * at + 1), drawn: [] }));
    expect(readingOf(steps, { from: 2, to: 3 })).toEqual({ replies: 1, tokens: 33, cached: 16 });
  });
});
