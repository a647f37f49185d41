import type { Job, Turn } from '../../queue/index.ts';
import type { Window } from '../context/index.ts';
import type { Log } from './log.ts';

/** Says which turns left the window since the persona spoke last, and which of what came since lost their middle; ids, no texts. */
export function logWindow(log: Log, { trace, id }: Pick<Job, 'trace' | 'id'>, window: Window, turns: readonly Turn[]) {
  const idsOf = (indexes: readonly number[]) => indexes.map((index) => turns[index]?.id);
  // The windows are found by replay: what an earlier reply saw leave was told then.
  const since = turns.findLastIndex(({ role }) => role === 'persona');
  for (const { turns: gone, at, reason } of window.evicted)
    if (at >= since) log.info({ trace, job: id, turns: idsOf(gone), reason: reason.message }, 'turns left the window');
  const cut = window.cut.filter((index) => index >= since);
  if (cut.length > 0) log.info({ trace, job: id, turns: idsOf(cut) }, 'long messages lost their middle');
}
