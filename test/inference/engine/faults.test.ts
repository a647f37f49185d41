import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Piece } from '../../../inference/engine/engine.ts';
import { NativeEngine } from '../../../inference/engine/native/engine.ts';
import { openModel, openNative } from '../../../inference/engine/native/open.ts';
import { ask, FakeAddon, letters } from './fakes.ts';

const OPTIONS = { folder: '/models/x', activations: 'f32', threads: 1, maxSequences: 2, context: 0 } as const;

async function open(addon: FakeAddon) {
  return new NativeEngine({ name: 'x', toy: false }, letters, await openModel({ ...OPTIONS, addon }));
}

async function all(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const list: Piece[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

describe('faults of the addon', () => {
  it.each(['WISECRACK_MODEL_NOT_FOUND', 'WISECRACK_MODEL_INVALID', 'WISECRACK_OUT_OF_MEMORY'])(
    'keeps %s',
    async (code) => {
      const addon = new FakeAddon({ open: Object.assign(new Error('layer 3 is missing'), { code }) });
      await expect(open(addon)).rejects.toMatchObject({
        ...{ name: 'WisecrackError', code, message: expect.stringContaining('layer 3 is missing') },
      });
    },
  );

  it('calls a model that cannot be opened for another reason invalid', async () => {
    await expect(open(new FakeAddon({ open: new Error('?') }))).rejects.toMatchObject({
      code: 'WISECRACK_MODEL_INVALID',
    });
  });

  it('says which requests are impossible', async () => {
    const wrong = await open(new FakeAddon({ generate: new RangeError('tokens[3] is 600') }));
    await expect(all(wrong.generate(ask([5])))).rejects.toMatchObject({
      ...{ code: 'WISECRACK_REQUEST_INVALID', message: expect.stringContaining('tokens[3] is 600') },
    });
    const long = await open(new FakeAddon());
    await expect(all(long.generate(ask(Array(64).fill(5))))).rejects.toMatchObject({
      ...{ code: 'WISECRACK_REQUEST_INVALID', message: expect.stringContaining('64') },
    });
  });

  it('ends a reply when the engine fails, and only that one', async () => {
    const addon = new FakeAddon();
    const engine = await open(addon);
    const failing = all(engine.generate(ask([5])));
    const other = all(engine.generate(ask([6])));
    failing.catch(() => {});
    await turn();
    addon.step([
      { id: 1, token: 10 },
      { id: 2, token: 11 },
    ]);
    addon.step([{ id: 1, token: -1, finish: 'error', message: 'kernel panic' }]);
    await expect(failing).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_FAILED', retry: true });
    await expect(failing).rejects.toThrow('kernel panic');
    addon.step([{ id: 2, token: -1, finish: 'stop-token' }]);
    expect((await other).at(-1)?.finish).toBe('stop');
    expect(addon.cancelled).toEqual([]);
  });

  it('hands a reply on to the next worker when the engine closes under it', async () => {
    const addon = new FakeAddon();
    const engine = await open(addon);
    const silent = all(engine.generate(ask([5])));
    const told = all(engine.generate(ask([5])));
    await turn();
    addon.step([{ id: 2, token: -1, finish: 'cancelled' }]);
    await expect(told).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED', retry: true });
    const closing = engine.close();
    await expect(silent).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED' });
    await closing;
    await engine.close();
    await expect(all(engine.generate(ask([5])))).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED' });
    expect(() => engine.stats()).toThrow('closed');
  });

  it('survives an abort while it closes', async () => {
    const engine = await open(new FakeAddon());
    const controller = new AbortController();
    const reply = all(engine.generate(ask([5]), controller.signal));
    await turn();
    const closing = engine.close();
    controller.abort();
    await expect(reply).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED' });
    await closing;
  });

  it('bans what is not text, and new lines and the end at the start', async () => {
    const addon = new FakeAddon();
    const engine = await open(addon);
    const reply = all(engine.generate(ask([5], { resume: [8, 9], dryBreakers: ['\u4e20\u4e21'], priority: 'low' })));
    await turn();
    addon.step([{ id: 1, token: -1, finish: 'length' }]);
    await reply;
    const [request] = addon.requests;
    expect(Array.from(request?.tokens ?? [])).toEqual([5, 8, 9]);
    expect(request).toMatchObject({ resumed: 2, maxTokens: 16, penaltyStart: 1, minTokens: 4, priority: 'low' });
    expect(Array.from(request?.stopTokens ?? [])).toEqual([2]);
    expect(Array.from(request?.bannedTokens ?? [])).toEqual([0, 1, 3]);
    expect(Array.from(request?.bannedFirst ?? [])).toEqual([2]);
    expect(Array.from(request?.dryBreakers ?? [])).toContain(0x20);
  });

  it('says when a folder holds no model', async () => {
    await expect(openNative({ ...OPTIONS, folder: '/nowhere', addon: new FakeAddon() })).rejects.toMatchObject({
      ...{ code: 'WISECRACK_MODEL_NOT_FOUND', message: expect.stringContaining('/nowhere') },
    });
  });
});
