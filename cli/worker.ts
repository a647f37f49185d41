import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../errors.ts';
import { type Engine, NativeEngine } from '../inference/engine/index.ts';
import type { App } from './app.ts';
import { fromDiskText, rateOf } from './from-disk.ts';
import { offloadText } from './offload.ts';
import { Progress } from './progress.ts';
import { unlessAborted } from './signals.ts';

/** How often a command that waits for a reply looks whether somebody makes it. */
const LOOK_MS = 3000;

/** Loads the model and answers in this process. Throws when `signal` comes first. @returns the model's name */
export async function startOwnWorker(app: App, signal: AbortSignal): Promise<string> {
  const progress = new Progress('Loading the model');
  try {
    const engine = await unlessAborted(
      app.openEngine((fraction) => progress.at(fraction)),
      signal,
    );
    const { weightBytes, kvBytes, threads, shards } = engine.stats();
    const { name: model, device } = engine;
    app.log.info({ model, device, weightBytes, kvBytes, threads, shards }, 'the model is loaded');
    await app.startWorker(engine);
    progress.end();
    await warnOfPlace(app, engine);
    return engine.name;
  } finally {
    progress.end();
  }
}

/** Says it when the weights are larger than the memory, or than the cards': nobody expects what that costs. */
async function warnOfPlace({ config, log }: App, engine: Engine): Promise<void> {
  if (!(engine instanceof NativeEngine)) return;
  const { offload, fromDisk } = engine;
  if (offload) {
    const disk = fromDisk ? { rate: await rateOf(config.model) } : undefined;
    log.warn(offloadText(offload, engine.config.numLayers, disk));
  } else if (fromDisk) log.warn(await fromDiskText(config.model, engine.config, engine.stats().weightBytes));
}

/** The models of the workers that live. */
export async function liveModels(app: App): Promise<string[]> {
  const queue = await app.queue();
  const beats = await queue.heartbeats.list();
  return beats.filter(({ kind }) => kind === 'worker').map(({ model }) => model ?? 'unknown');
}

/**
 * Sees to it that somebody answers: a worker that runs already, or else one in this process. Goes on looking until `signal`,
 * so that a worker that dies meanwhile does not leave us waiting for ever.
 *
 * @param notice - hears, in words for the person, who answers.
 * @param device - what `--device` says, for that is no worker's that runs already.
 */
export async function ensureWorker(
  app: App,
  signal: AbortSignal,
  notice: (text: string) => void,
  device?: string,
): Promise<void> {
  const [model] = await liveModels(app);
  if (model !== undefined) {
    notice(toyWarning(model));
    if (device !== undefined) notice(`A worker runs already: it computes where it was told to, not on ${device}.`);
    watch(app, signal, notice).catch((error) => app.log.warn({ error: reasonOf(error) }, 'no worker could be started'));
    return;
  }
  notice(toyWarning(await startOwnWorker(app, signal)));
}

async function watch(app: App, signal: AbortSignal, notice: (text: string) => void): Promise<void> {
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    if ((await liveModels(app)).length > 0) continue;
    notice('The worker is gone; this process goes on in its place.');
    await startOwnWorker(app, signal);
    return;
  }
}

/** Nobody shall take the pocket model for Grok-1. Empty for other models. */
export function toyWarning(model: string): string {
  if (!/\btoy\b/.test(model)) return '';
  return `${model} answers: it has Grok-1's architecture and a thousandth of its wit, and is not Grok-1. WISECRACK_MODEL sets another model.`;
}
