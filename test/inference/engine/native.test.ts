import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Piece } from '../../../inference/engine/engine.ts';
import { NativeEngine } from '../../../inference/engine/native/engine.ts';
import { openModel, openNative } from '../../../inference/engine/native/open.ts';
import { ask, letters } from './fakes.ts';
import { ADDON, GOLDEN, GROK_TOKENIZER, POCKET_MODEL, temporary } from './golden.ts';

const OPTIONS = { activations: 'f32', threads: 1, maxSequences: 2, context: 0 } as const;
const text = (pieces: readonly Piece[]) => pieces.map((piece) => piece.text).join('');
const tokens = (pieces: readonly Piece[]) => pieces.flatMap((piece) => piece.tokens);

async function all(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const list: Piece[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

describe.skipIf(!ADDON)(`the native engine on a golden model${ADDON ? '' : ' (SKIPPED: not built)'}`, () => {
  let engine: NativeEngine<typeof letters>;
  let prompts: { name: string; tokens: number[]; greedy: number[] }[];
  let [prompt, greedy]: number[][] = [];

  beforeAll(async () => {
    const folder = join(GOLDEN, 'tiny-a');
    engine = new NativeEngine({ name: 'tiny-a', toy: true }, letters, await openModel({ folder, ...OPTIONS }));
    prompts = JSON.parse(await readFile(join(folder, 'golden.json'), 'utf8')).prompts;
    // Not the golden tokens: the engine keeps the end of the text from coming at once.
    prompt = prompts[2]?.tokens ?? [];
    greedy = tokens(await all(engine.generate(ask(prompt, { maxTokens: 24 }))));
  });
  afterAll(() => engine.close());

  it('gives the golden tokens, one piece after the other', async () => {
    for (const { tokens: prompt, greedy } of prompts) {
      const pieces = await all(engine.generate(ask(prompt)));
      expect(tokens(pieces)).toEqual(greedy);
      expect(text(pieces)).toBe(letters.text(greedy));
      expect(pieces.map((piece) => piece.finish).filter(Boolean)).toEqual(['length']);
      expect(pieces.at(-1)?.finish).toBe('length');
    }
  });

  it('reads a prompt once', async () => {
    const long = Array.from({ length: 100 }, (_, i) => 5 + ((i * 7) % 400));
    const once = await all(engine.generate(ask(long)));
    const before = engine.stats();
    expect(tokens(await all(engine.generate(ask(long))))).toEqual(tokens(once));
    const after = engine.stats();
    expect(after.prefixHits - before.prefixHits).toBe(96);
    expect(after.promptTokens - before.promptTokens).toBe(4);
    expect(after).toMatchObject({ kvBlocks: 32, kvBlocksUsed: 0, preempted: 0, batch: 1 });
    expect(after.kvBlocksCached).toBeGreaterThanOrEqual(6);
  });

  it('refuses what its keys and values can never hold, and says why', async () => {
    const folder = join(GOLDEN, 'tiny-a');
    const small = new NativeEngine(
      { name: '', toy: true },
      letters,
      await openModel({ folder, ...OPTIONS, kvBytes: 4 * 8192 }),
    );
    const refused = all(small.generate(ask(Array(65).fill(5))));
    await expect(refused).rejects.toMatchObject({
      ...{
        code: 'WISECRACK_REQUEST_INVALID',
        message: expect.stringMatching(/65 tokens.*5 KV blocks.*32768 bytes has 4/),
      },
    });
    const pieces = await all(small.generate(ask(Array(60).fill(5), { maxTokens: 100 })));
    expect(pieces.at(-1)?.finish).toBe('length');
    await small.close();
    await expect(openModel({ folder, ...OPTIONS, kvBytes: 100 })).rejects.toThrow('kvBytes is 100');
  });

  it('runs several at once', async () => {
    const replies = await Promise.all(prompts.map(({ tokens }) => all(engine.generate(ask(tokens)))));
    expect(replies.map(tokens)).toEqual(prompts.map(({ greedy }) => greedy));
  });

  it('ends before a stop string', async () => {
    const at = greedy?.findIndex((token, i) => i > 2 && greedy?.indexOf(token) === i) ?? 0;
    const stop = letters.text(greedy?.slice(at, at + 2) ?? []);
    const pieces = await all(engine.generate(ask(prompt ?? [], { stop: [stop], maxTokens: 24 })));
    expect(text(pieces)).toBe(letters.text(greedy?.slice(0, at) ?? []));
    expect(pieces.at(-1)?.finish).toBe('stop');
    expect(tokens(pieces)).toEqual(greedy?.slice(0, at + 2));
    await idle();
  });

  it('goes on with a reply as if it had never been interrupted', async () => {
    const stop = [letters.text([greedy?.[4] ?? 0, 511, 511])];
    const sampling = { ...ask([]).sampling, temperature: 1, seed: 42 };
    const request = ask(prompt ?? [], { stop, sampling, maxTokens: 24 });
    const whole = await all(engine.generate(request));
    for (const cut of [1, 5, 23]) {
      const resume = tokens(whole).slice(0, cut);
      const rest = await all(engine.generate({ ...request, resume }));
      expect([...resume, ...tokens(rest)]).toEqual(tokens(whole));
      expect(letters.text(resume) + text(rest)).toBe(text(whole));
    }
    expect(await all(engine.generate({ ...request, resume: tokens(whole) }))).toEqual([
      { text: '', tokens: [], finish: 'length' },
    ]);
  });

  it('cools a persona down for a model that says so', async () => {
    const cool = new NativeEngine(
      { name: '', toy: true, coolness: 1e-4 },
      letters,
      await openModel({ folder: join(GOLDEN, 'tiny-a'), ...OPTIONS }),
    );
    const sampling = { ...ask([]).sampling, temperature: 1, seed: 7 };
    expect(tokens(await all(cool.generate(ask(prompt ?? [], { sampling }))))).toEqual(
      tokens(await all(engine.generate(ask(prompt ?? [])))),
    );
    await cool.close();
  });

  it('stops when asked to', async () => {
    let controller = new AbortController();
    let pieces: Piece[] = [];
    // 200 tokens take some ms: on a busy machine a reply may be through before it hears that it shall stop.
    for (let attempt = 0; attempt < 20 && pieces.at(-1)?.finish !== 'cancelled'; attempt++) {
      controller = new AbortController();
      pieces = [];
      for await (const piece of engine.generate(ask(prompt ?? [], { maxTokens: 200 }), controller.signal)) {
        pieces.push(piece);
        controller.abort();
      }
    }
    expect(pieces.at(-1)?.finish).toBe('cancelled');
    expect(tokens(pieces).length).toBeLessThan(200);
    expect(await all(engine.generate(ask(prompt ?? []), controller.signal))).toEqual([
      { text: '', tokens: [], finish: 'cancelled' },
    ]);
  });

  it('stops when nobody listens any more', async () => {
    for await (const piece of engine.generate(ask(prompt ?? [], { maxTokens: 200 }))) {
      expect(piece.tokens.length).toBeGreaterThan(0);
      break;
    }
    await idle();
    expect(engine.stats().replyTokens).toBeGreaterThan(0);
  });

  it('ends when the window is full', async () => {
    const long = Array.from({ length: 250 }, (_, i) => 5 + i);
    const pieces = await all(engine.generate(ask(long, { maxTokens: 100 })));
    expect(pieces.at(-1)?.finish).toBe('length');
    expect(tokens(pieces).length).toBeLessThan(8);
  });

  it('refuses tokens that the model does not have', async () => {
    await expect(all(engine.generate(ask([512])))).rejects.toMatchObject({ code: 'WISECRACK_REQUEST_INVALID' });
    await expect(all(engine.generate(ask([])))).rejects.toMatchObject({ code: 'WISECRACK_REQUEST_INVALID' });
  });

  it('hands running replies on when it closes', async () => {
    const folder = join(GOLDEN, 'tiny-a');
    let end: unknown;
    // Now and then the reply is through first.
    for (let attempt = 0; attempt < 20 && !(end instanceof Error); attempt++) {
      const other = new NativeEngine({ name: '', toy: true }, letters, await openModel({ folder, ...OPTIONS }));
      const reply = all(other.generate(ask(prompt ?? [], { maxTokens: 200 }))).catch((error: unknown) => error);
      await other.close();
      end = await reply;
    }
    expect(end).toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED' });
  });

  it('says what is wrong with a model', async () => {
    const folder = await temporary();
    const opening = () => openModel({ folder, ...OPTIONS });
    await expect(opening()).rejects.toMatchObject({ code: 'WISECRACK_MODEL_NOT_FOUND' });
    await copyFile(join(GOLDEN, 'tiny-a/config.json'), join(folder, 'config.json'));
    await copyFile(join(GOLDEN, 'tiny-b/model.safetensors'), join(folder, 'model.safetensors'));
    await expect(opening()).rejects.toMatchObject({ code: 'WISECRACK_MODEL_INVALID' });
  });

  it.skipIf(!GROK_TOKENIZER)('refuses a tokenizer of another model, and a broken wisecrack.json', async () => {
    const folder = await temporary();
    for (const file of ['config.json', 'model.safetensors'])
      await copyFile(join(GOLDEN, 'tiny-a', file), join(folder, file));
    await expect(openNative({ folder, ...OPTIONS })).rejects.toMatchObject({ code: 'WISECRACK_TOKENIZER_INVALID' });
    await copyFile(GROK_TOKENIZER ?? '', join(folder, 'tokenizer.model'));
    await expect(openNative({ folder, ...OPTIONS })).rejects.toThrow('131072 pieces, config.json only 512');
    await writeFile(join(folder, 'wisecrack.json'), '{"name": 7}');
    await expect(openNative({ folder, ...OPTIONS })).rejects.toThrow(/wisecrack\.json.*name/);
  });

  async function idle(): Promise<void> {
    await expect.poll(() => engine.stats().running + engine.stats().waiting).toBe(0);
  }
});

describe.skipIf(!ADDON || !POCKET_MODEL)('the native engine on the pocket model', () => {
  it('answers in whole characters and keeps to its tokens', async () => {
    const progress: number[] = [];
    const engine = await openNative({
      folder: POCKET_MODEL ?? '',
      ...OPTIONS,
      onProgress: (done) => progress.push(done),
    });
    try {
      expect(engine.toy).toBe(true);
      expect(engine.device).toMatch(/^cpu \(/);
      expect(engine.name).toContain('pocket');
      expect(progress.at(-1)).toBe(1);
      const sampling = { ...ask([]).sampling, temperature: 1 };
      const prompt = engine.tokenizer.encode('User: Why did the chicken cross the road?\nBot:');
      const pieces = await all(engine.generate(ask(prompt, { maxTokens: 40, stop: ['\nUser:'], sampling })));
      expect(engine.tokenizer.text(tokens(pieces)).startsWith(text(pieces))).toBe(true);
      expect(text(pieces)).toBe(Buffer.from(text(pieces)).toString());
      expect(
        tokens(pieces)
          .slice(0, 4)
          .map((token) => engine.tokenizer.text([token]))
          .join(''),
      ).not.toContain('\n');
    } finally {
      await engine.close();
    }
  });
});
