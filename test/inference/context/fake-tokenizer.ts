import type { Tokenizer } from '../../../inference/engine/engine.ts';

/** One token per UTF-8 byte: the worst case for every budget, and reversible. */
export const byteTokenizer: Tokenizer = {
  vocabSize: 256,
  bos: 1,
  eos: 2,
  encode: (text) => [...Buffer.from(` ${text}`)],
  encodePlain: (text) => [...Buffer.from(text)],
  decode: (tokens) => Buffer.from(tokens).toString('utf8'),
  bytes: (token) => Uint8Array.of(token),
};
