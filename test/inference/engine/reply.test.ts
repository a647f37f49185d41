import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepEvent } from '../../../inference/engine/addon.ts';
import { Reply } from '../../../inference/engine/native/reply.ts';

/** Tokens that are letters, parts of an emoji, and a new line. */
const BYTES = [
  ...Array.from('ab\n', (letter) => Buffer.from(letter)),
  ...Array.from(Buffer.from('\ud83d\ude00'), (byte) => Buffer.of(byte)),
];
const tokenizer = { bytes: (token: number) => BYTES[token] ?? Buffer.alloc(0) };

const event = (token: number): StepEvent => ({ id: 1, token });
const tokens = fc.array(fc.nat({ max: BYTES.length - 1 }), { maxLength: 30 });
const stops = fc.array(fc.constantFrom('ab', 'b\n', 'ba\na', '\ud83d\ude00', 'aab', '\n\n'), { maxLength: 3 });

/** The text of a reply that ends with its length, piece by piece, up to a stop string. */
function run(reply: Reply, tokens: readonly number[]): string[] {
  const texts: string[] = [];
  for (const token of tokens) {
    if (reply.stopped) return texts;
    texts.push(reply.take([event(token)]).text);
  }
  if (!reply.stopped) texts.push(reply.end('length').text);
  return texts;
}

describe('Reply', () => {
  it('goes on after a restart exactly as it would have gone on', () => {
    fc.assert(
      fc.property(tokens, stops, fc.nat({ max: 30 }), (tokens, stops, at) => {
        const whole = run(new Reply(tokenizer, stops), tokens);
        const before = tokens.slice(0, at);
        if (before.length >= whole.length) return;
        expect(run(new Reply(tokenizer, stops, before), tokens.slice(at))).toEqual(whole.slice(before.length));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same text however the steps are batched', () => {
    fc.assert(
      fc.property(tokens, stops, (tokens, stops) => {
        const events: StepEvent[] = [...tokens.map(event), { id: 1, token: -1, finish: 'length' }];
        const piece = new Reply(tokenizer, stops).take(events);
        const single = new Reply(tokenizer, stops);
        expect(piece.text).toBe(run(single, tokens).join(''));
        expect(piece.finish).toBe(single.stopped ? 'stop' : 'length');
        expect(piece.tokens).toEqual(tokens.slice(0, piece.tokens.length));
      }),
    );
  });

  it.each([
    ['stop-token', 'stop'],
    ['length', 'length'],
    ['context', 'length'],
    ['cancelled', 'cancelled'],
  ] as const)('gives out what it held back on %s', (native, finish) => {
    const reply = new Reply(tokenizer, ['ab']);
    expect(reply.take([event(1), event(0)])).toEqual({ text: 'b', tokens: [1, 0] });
    expect(reply.take([{ id: 1, token: -1, finish: native }])).toEqual({ text: 'a', tokens: [], finish });
  });

  it('counts no token after a stop string', () => {
    const piece = new Reply(tokenizer, ['ab']).take([event(1), event(0), event(1), event(1), event(0)]);
    expect(piece).toEqual({ text: 'b', tokens: [1, 0, 1], finish: 'stop' });
  });

  it('drops half a character at the end', () => {
    expect(new Reply(tokenizer, []).take([event(0), event(3), { id: 1, token: 4, finish: 'length' }])).toEqual({
      ...{ text: 'a', tokens: [0, 3, 4], finish: 'length' },
    });
  });
});
