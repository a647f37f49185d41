import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerateRequest, Piece } from '../../../inference/engine/engine.ts';
import { openNative } from '../../../inference/engine/native/open.ts';
import { ask } from './fakes.ts';
import { ADDON, POCKET_MODEL } from './golden.ts';

const PROMPT = 'Friend: Who are you?\nPlum:';

describe.skipIf(!ADDON)(`what a reply may not say${ADDON ? '' : ' (SKIPPED: not built)'}`, () => {
  let engine: Awaited<ReturnType<typeof openNative>>;
  beforeAll(async () => {
    engine = await openNative({
      folder: POCKET_MODEL ?? '',
      activations: 'bf16',
      threads: 1,
      maxSequences: 2,
      context: 0,
    });
  });
  afterAll(() => engine.close());

  async function say(request: Partial<GenerateRequest>): Promise<Piece[]> {
    const prompt = engine.tokenizer.encodePlain(PROMPT);
    const pieces: Piece[] = [];
    for await (const piece of engine.generate(ask(prompt, { maxTokens: 40, ...request }))) pieces.push(piece);
    return pieces;
  }
  const textOf = (pieces: Piece[]) => pieces.map(({ text }) => text).join('');
  const tokensOf = (pieces: Piece[]) => pieces.flatMap(({ tokens }) => tokens);

  it('is never spelled, however often it is taken away', async () => {
    const banned: string[] = [];
    for (let round = 0; round < 8; round++) {
      const said = textOf(await say({ bannedPhrases: banned }));
      for (const phrase of banned) expect(said.toLowerCase()).not.toContain(` ${phrase}`);
      const words = said.toLowerCase().match(/[a-z]{3,}/g) ?? [];
      expect(words.length).toBeGreaterThan(0);
      banned.push(words[Math.min(round, words.length - 1)] ?? '');
    }
  });

  it('is remembered when a reply is resumed in the middle of it', async () => {
    const plain = await say({});
    const words = textOf(plain).match(/[A-Za-z]+ [a-z]+/g) ?? [];
    const phrase = words[0] ?? '';
    expect(phrase).not.toBe('');
    const tokens = tokensOf(plain);
    const before = tokens.findIndex((_, i) => engine.tokenizer.decode(tokens.slice(0, i + 1)).includes(phrase));
    const resumed = await say({ resume: tokens.slice(0, before), bannedPhrases: [phrase] });
    expect(tokensOf(resumed)[0]).not.toBe(tokens[before]);
    expect(engine.tokenizer.decode([...tokens.slice(0, before), ...tokensOf(resumed)])).not.toContain(phrase);
  });

  it('is checked: an empty phrase is an error of the request', async () => {
    await expect(say({ bannedPhrases: [''] })).rejects.toMatchObject({ code: 'WISECRACK_REQUEST_INVALID' });
  });

  it('tells how likely each token was, when asked', async () => {
    const pieces = await say({ topLogprobs: 5 });
    const chances = pieces.flatMap(({ logprobs = [] }) => logprobs);
    const tokens = tokensOf(pieces);
    expect(chances).toHaveLength(tokens.length);
    for (const [i, { logprob, top }] of chances.entries()) {
      expect(top).toHaveLength(5);
      expect(top.map((other) => other.logprob)).toEqual([...top].map((other) => other.logprob).sort((a, b) => b - a));
      expect(logprob).toBeLessThanOrEqual(0);
      const told = top.find(({ token }) => token === tokens[i]);
      if (told) expect(told.logprob).toBeCloseTo(logprob, 4);
      expect(top.reduce((sum, other) => sum + Math.exp(other.logprob), 0)).toBeLessThan(1.0001);
    }
    expect((await say({})).every(({ logprobs }) => logprobs === undefined)).toBe(true);
  });
});
