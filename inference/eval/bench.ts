import type { Persona } from '../../personas/index.ts';
import type { BenchRow } from '../../queue/measure.ts';
import type { Engine } from '../engine/index.ts';
import { play } from './play.ts';
import { reportOf } from './report.ts';
import type { Script } from './script.ts';
import { Spoken } from './spoken.ts';

export interface BenchWindowOptions {
  readonly persona: Persona;
  readonly engine: Engine;
  readonly script: Script;
  /** Messages of people and of the persona together; enough to fill the window twice. */
  readonly turns: number;
  /** 0..1 */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * What of a long chat is read anew: the true layout, the engine's true cache, and replies that are given, since the model need not be able to
 * speak in so long a window. The persona says its own examples and greetings in turn.
 */
export async function benchWindow(options: BenchWindowOptions): Promise<BenchRow[]> {
  const { persona, script, turns, onProgress, signal } = options;
  const own = [...persona.examples.map(({ reply }) => reply), persona.greeting, ...persona.greetings];
  const engine = new Spoken(options.engine, (reply) => own[reply % own.length] ?? '');
  const onTurn = (done: number) => onProgress?.(done / turns);
  const played = await play({ persona, engine, script, turns, onTurn, ...(signal && { signal }) });
  const figures = new Map(reportOf(played, persona, engine).map((figure) => [figure.name, figure]));
  const value = (name: string) => figures.get(name)?.value ?? Number.NaN;
  const judged = (name: string) => {
    const { value = Number.NaN, least, most } = figures.get(name) ?? {};
    if (least === undefined && most === undefined) return {};
    return { holds: value >= (least ?? value) && value <= (most ?? value) };
  };
  const { prefixHits, prefixMisses } = options.engine.stats();
  const [ours, sliding] = [value('read anew for a reply'), value('by a sliding window')];
  return [
    { name: 'turns', value: played.seen.length, unit: '' },
    { name: 'evictions', value: value('evictions'), unit: '' },
    { name: 'impersonations', value: value('impersonations'), unit: '', required: '0', ...judged('impersonations') },
    { name: 'budget overruns', value: value('budget overruns'), unit: '', required: '0', ...judged('budget overruns') },
    { name: 'prompt', value: value('prompt'), unit: 'tokens' },
    {
      ...{ name: 'prompt from the cache', value: value('prompt from the cache') * 100, unit: '%' },
      ...{ required: '>= 95 %', ...judged('prompt from the cache') },
    },
    {
      // What was given stands for what is drawn, which is no part of a prompt.
      ...{ name: 'the engine’s own count, all of the chat', unit: '%' },
      value: (100 * prefixHits) / (prefixHits + prefixMisses - engine.tokens),
    },
    {
      ...{ name: 'read anew for a reply', value: ours, unit: 'tokens', limit: sliding, ratio: ours / sliding },
      ...{ required: '<= 10 %', ...judged('a sliding window reads') },
    },
    { name: 'a sliding window reads', value: value('a sliding window reads'), unit: 'times' },
  ];
}
