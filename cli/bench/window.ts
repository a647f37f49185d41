import { join } from 'node:path';
import { findPersona } from '../../bots/chat/index.ts';
import { GROK_1_SHAPE, openNative, readShape, stretchModel } from '../../inference/engine/index.ts';
import { benchWindow, scripts } from '../../inference/eval/index.ts';
import type { BenchRow } from '../../queue/measure.ts';
import type { App } from '../app.ts';
import { Progress } from '../progress.ts';

/** Enough to fill the window several times. */
const TURNS = 1000;
const POSITIONS = GROK_1_SHAPE.sequenceLen;

export const WINDOW_BENCH = `${TURNS} turns in a window of ${POSITIONS} tokens, with replies that are given`;

/** The window with the configured model, which is stretched where its own is too short. */
export async function benchWindowOf(app: App): Promise<BenchRow[]> {
  const { model, home, threads, device, activations } = app.config;
  let folder = model;
  if ((await readShape(model)).sequenceLen < POSITIONS) {
    folder = join(home, 'bench', 'window');
    await stretchModel(model, folder, POSITIONS);
  }
  const persona = findPersona(await app.personas(), app.config.persona);
  const engine = await openNative({ folder, device, activations, threads, maxSequences: 2, context: POSITIONS });
  const progress = new Progress(`Playing ${TURNS} turns with ${persona.name}`);
  try {
    const onProgress = (fraction: number) => progress.at(fraction);
    return await benchWindow({ persona, engine, script: scripts[persona.language], turns: TURNS, onProgress });
  } finally {
    progress.end();
    await engine.close();
  }
}
