import { describe, expect, it } from 'vitest';
import { KINDS, type Kind } from '../../../../inference/engine/remote/kind.ts';
import { all, ask, open, SAYS, serve, textOf, tokenizer } from './fixtures.ts';

/** Other pieces under the same numbers. */
const foreign = { ...proxy(), bytes: (token: number) => tokenizer.bytes((token * 7 + 5) % tokenizer.vocabSize) };
function proxy() {
  const { vocabSize, bos, eos } = tokenizer;
  return {
    ...{ vocabSize, bos, eos },
    encode: (text: string) => tokenizer.encode(text),
    encodePlain: (text: string) => tokenizer.encodePlain(text),
    decode: (tokens: readonly number[]) => tokenizer.decode(tokens),
    bytes: (token: number) => tokenizer.bytes(token),
  };
}
const sentTo = async (kind: Kind, more: Parameters<typeof serve>[0] = {}) => {
  const server = await serve({ kind, ...more });
  const engine = await open([server]);
  await all(engine.generate(ask()));
  return { engine, body: server.log.list.at(-1) ?? {} };
};

describe('a server', () => {
  it.each(KINDS)('of kind %s is known by what it says, and by its pages where it does not', async (kind) => {
    for (const saysWho of [true, false]) {
      const { engine } = await sentTo(kind, { saysWho });
      expect(engine.name).toBe(`grok-1 (${kind === 'openai' ? 'remote' : kind})`);
    }
  });

  it('can be told what it is', async () => {
    const engine = await open([await serve({ kind: 'vllm' })], { kind: 'sglang' });
    expect(engine.name).toBe('grok-1 (sglang)');
    expect(textOf(await all(engine.generate(ask())))).toBe(SAYS);
  });

  it('says how long a window is; where it does not, the model does', async () => {
    expect((await sentTo('vllm', { context: 500 })).engine.context).toBe(500);
    expect((await sentTo('llama.cpp', { context: 600 })).engine.context).toBe(600);
    // The pocket model's 1024, less for tokens that may not be ours.
    expect((await sentTo('openai')).engine.context).toBe(870);
    const both = [await serve({ context: 700 }), await serve({ context: 900 })];
    expect((await open(both)).context).toBe(700);
    expect((await open(both, { context: 300 })).context).toBe(300);
  });

  it('must serve the model that is wanted', async () => {
    const server = await serve({ model: 'grok-1' });
    await expect(open([server], { model: 'grok-2' })).rejects.toMatchObject({
      ...{ code: 'WISECRACK_REMOTE_INVALID', message: expect.stringContaining('it serves grok-1, not grok-2') },
    });
    expect((await open([server], { model: 'grok-1' })).name).toBe('grok-1 (vllm)');
  });

  it.each(['vllm', 'sglang', 'llama.cpp'] as const)('whose tokens are not ours gets text from us: %s', async (kind) => {
    const { body } = await sentTo(kind, { tokenizer: foreign });
    expect(body.prompt).toBe('Ann: hi\nBrine:');
    expect(body.return_token_ids).toBeUndefined();
    expect(Object.keys(Object(body.logit_bias))).toEqual([]);
  });

  it.each(['vllm', 'sglang', 'llama.cpp'] as const)('whose tokens are ours gets them: %s', async (kind) => {
    const { body } = await sentTo(kind);
    expect(body.prompt).toEqual(ask().prompt);
  });
});
