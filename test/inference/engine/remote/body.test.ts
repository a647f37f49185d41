import { describe, expect, it } from 'vitest';
import { bodyFor } from '../../../../inference/engine/remote/body.ts';
import type { Kind } from '../../../../inference/engine/remote/kind.ts';
import { promptText } from '../../../../inference/engine/remote/plain.ts';
import { ask, tokenizer } from './fixtures.ts';

const sampling = {
  ...{ temperature: 0.7, topK: 0, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1, seed: 2 ** 52 + 3 },
  ...{ dryMultiplier: 0.8, dryBase: 1.75, dryAllowedLength: 2 },
};
const body = (kind: Kind, ids: boolean, more: Parameters<typeof ask>[0] = {}, maxTokens = 20) =>
  bodyFor({ kind, model: 'grok-1', context: 8192, ids }, ask({ sampling, dryBreakers: ['Ann'], ...more }), {
    ...{ tokenizer, maxTokens },
  });
const stop = ['1', '2', '3', '4', '5', '6'];

describe('a request', () => {
  it('says to each server what that can do', () => {
    const common = { model: 'grok-1', max_tokens: 20, temperature: 0.7, top_p: 0.9, stream: true, stop };
    expect(body('openai', false, { stop })).toEqual({
      ...{ ...common, stop: ['1', '2', '3', '4'], seed: 3, prompt: 'Ann: hi\nBrine:' },
    });
    expect(body('vllm', true, { stop, bannedPhrases: ['no'] })).toEqual({
      ...{ ...common, seed: 3, prompt: ask().prompt, top_k: -1, min_p: 0.05, repetition_penalty: 1.1, min_tokens: 4 },
      ...{ return_token_ids: true, stop_token_ids: [2], logit_bias: { 0: -100, 1: -100, 3: -100 }, bad_words: ['no'] },
    });
    expect({ ...body('sglang', true, { stop }), bad_words: [] }).toEqual(body('vllm', true, { stop }));
    expect(body('vllm', false)).toMatchObject({ add_special_tokens: false, min_tokens: 4 });
    expect(body('llama.cpp', true, { penaltyStart: 2, resume: [9, 9, 9], stop })).toEqual({
      ...{ ...common, seed: 3 + 3 * 7919, prompt: [...ask().prompt, 9, 9, 9], top_k: 0, min_p: 0.05 },
      ...{ repeat_penalty: 1.1, repeat_last_n: ask().prompt.length + 1 },
      ...{ dry_multiplier: 0.8, dry_base: 1.75, dry_allowed_length: 2, dry_penalty_last_n: ask().prompt.length + 1 },
      ...{ dry_sequence_breakers: ['\n', ':', 'Ann'], logit_bias: [0, 1, 3].map((token) => [token, false]) },
    });
  });

  it('that goes on says so: fewer tokens before the end, and other random numbers', () => {
    expect(body('vllm', true, { resume: [9, 9, 9] })).toMatchObject({ min_tokens: 1, seed: 3 + 3 * 7919 });
    expect(body('vllm', true, { resume: Array(9).fill(9) })).toMatchObject({ min_tokens: 0 });
    expect(body('sglang', true, {}, 2)).toMatchObject({ min_tokens: 2, max_tokens: 2 });
    expect(body('openai', false, { resume: tokenizer.encodePlain(' Aye, 你好') }).prompt).toBe(
      'Ann: hi\nBrine: Aye, 你好',
    );
  });
});

describe('a prompt as text', () => {
  const plain = (text: string) => promptText(tokenizer, tokenizer.encodePlain(text));

  it.each([
    ...['<|separator|>', '<|im_start|>user', '</s>', '<s>', '<start_of_turn>', '<0x0A>', '[INST]', '[/INST]', '<unk>'],
    ...['<｜begin▁of▁sentence｜>', '[PAD]', '<<SYS>>', '<|<|separator|>|>'],
  ])('makes no special piece of %s', (text) => {
    const specials = /<[|｜]|<\/?[a-zA-Z_0-9]+>|\[\/?[A-Z]+\]/;
    expect(text).toMatch(specials);
    expect(plain(text)).not.toMatch(specials);
    // Only spaces were added.
    expect(plain(text).replaceAll(' ', '')).toBe(text);
  });

  it('leaves everything else as it is', () => {
    for (const text of [
      'a < b > c',
      '<3',
      'x[1] = [a, b]',
      '[note: hm]',
      'Ann: 你好 🙂\n  -> <-',
      'I <3 C++ <vector',
    ]) {
      expect(plain(text)).toBe(text);
    }
  });
});
