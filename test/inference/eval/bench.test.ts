import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openNative, stretchModel } from '../../../inference/engine/index.ts';
import { benchWindow, play, scripts } from '../../../inference/eval/index.ts';
import { readingOf, stepsOf } from '../../../inference/eval/reading.ts';
import { Spoken } from '../../../inference/eval/spoken.ts';
import { loadPersonas, type Persona } from '../../../personas/index.ts';
import { packageRoot } from '../../../root.ts';
import { ADDON } from '../engine/golden.ts';
import { scriptedEngine } from './scripted.ts';

const { personas } = await loadPersonas(`${packageRoot()}/personas`);
const guide = personas.find(({ id }) => id === 'guide') as Persona;

describe.skipIf(!ADDON)(`with the engine itself${ADDON ? '' : ' (SKIPPED: the native engine is not built)'}`, () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wisecrack-window-'));
    await stretchModel(join(packageRoot(), 'inference/pocket/model'), folder, 8192);
    engine = await openNative({ folder, activations: 'bf16', threads: 1, maxSequences: 2, context: 0 });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  });

  it('what is counted as cached is what its prefix cache had, token for token', async () => {
    expect(engine.context).toBe(8192);
    const spoken = new Spoken(engine, (reply) => `Reply ${reply}, in a few words.`);
    const { exchanges } = await play({ persona: guide, engine: spoken, script: scripts.en, turns: 16 });
    expect(exchanges[3]?.reply).toMatchObject({ finish: 'stop', text: 'Reply 3, in a few words.' });
    const { tokens, cached } = readingOf(stepsOf(exchanges));
    const { prefixHits, prefixMisses } = engine.stats();
    const [first = 0] = exchanges.map(({ calls }) => calls[0]?.prompt.length);
    expect(cached).toBeGreaterThan(1000);
    expect(prefixHits).toBe(cached);
    expect(prefixHits + prefixMisses - spoken.tokens).toBe(tokens + first);
  });
});

it('a full window reads far less anew than one that slides, and says so', async () => {
  const rows = await benchWindow({
    ...{ persona: guide, engine: scriptedEngine(() => 'unheard', 8192), script: scripts.en, turns: 300 },
  });
  const row = (name: string) => rows.find((each) => each.name === name);
  expect(row('evictions')?.value).toBeGreaterThan(2);
  expect(row('prompt from the cache')).toMatchObject({ holds: true });
  expect(row('read anew for a reply')).toMatchObject({ holds: true });
  expect(row('a sliding window reads')?.value).toBeGreaterThan(10);
  expect(rows.filter(({ required, holds }) => required !== undefined && holds === undefined)).toEqual([]);
});
