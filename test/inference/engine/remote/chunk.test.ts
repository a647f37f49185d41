import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, messageOf, readChunks } from '../../../../inference/engine/remote/chunk.ts';

async function read(parts: readonly Uint8Array[]): Promise<Chunk[]> {
  const list: Chunk[] = [];
  async function* bytes() {
    yield* parts;
  }
  for await (const chunk of readChunks(bytes())) list.push(chunk);
  return list;
}

/** The same bytes, cut at these places. */
function cut(whole: Buffer, sizes: readonly number[]): Buffer[] {
  let rest = whole;
  const parts = sizes.map((size) => {
    const part = rest.subarray(0, size);
    rest = rest.subarray(size);
    return part;
  });
  return [...parts, rest];
}

describe('a stream', () => {
  it('reads the same wherever it is cut, with any kind of line ends', async () => {
    const chunk = fc.record({
      text: fc.string({ unit: 'grapheme' }),
      tokens: fc.option(fc.array(fc.nat({ max: 1e6 }), { maxLength: 3 }), { nil: undefined }),
    });
    const sizes = fc.array(fc.nat({ max: 9 }), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 8 }),
        sizes,
        fc.constantFrom('\n', '\r\n', '\r'),
        async (chunks, sizes, end) => {
          const events = chunks.map(({ text, tokens }) => JSON.stringify({ choices: [{ text, token_ids: tokens }] }));
          const text = [...events, '[DONE]'].map((event) => `: hm${end}data: ${event}${end}${end}`).join('');
          expect(await read(cut(Buffer.from(text), sizes))).toEqual([
            ...chunks.map(({ text, tokens }) => ({ text, ...(tokens && { tokens }) })),
            { text: '', finish: 'stop' },
          ]);
        },
      ),
    );
  });

  it('never takes for a reply what is none', async () => {
    const junk = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('{"choices":[{"text":7}]}', '{"error":"oops"}', 'null'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 5 }), async (lines) => {
        const text = lines.map((line) => `data: ${line.replaceAll(/[\r\n]/g, '')}\n\n`).join('');
        // Without an end it ends in an error, whatever stands there.
        if (!lines.some((line) => line.trim() === '[DONE]')) await expect(read([Buffer.from(text)])).rejects.toThrow();
      }),
    );
  });
});

it('an error is told in one line, however it is wrapped', () => {
  expect(messageOf({ error: { message: 'too\n  long' } })).toBe('too long');
  expect(messageOf({ object: 'error', message: 'no' })).toBe('no');
  expect(messageOf({ error: 'loading' })).toBe('loading');
  expect(messageOf('<html>\noops')).toBe('<html> oops');
  expect(messageOf({ detail: [1] })).toBe('{"detail":[1]}');
  expect(messageOf('x'.repeat(5000))).toHaveLength(200);
});
