import { type Shortage, shortage } from './shortages.ts';

/**
 * Which turns stand in the window: all of them until they exceed the budget, then the oldest are dropped down to half of it at once.
 *
 * Dropping one turn per message would move everything behind it and make the cached keys and values useless each time. So the window
 * grows append-only for many turns, is read anew once, and grows again: a sawtooth.
 *
 * The window is made afresh for each job, with nothing stored but the turns. So the cuts are found by replay: walk the turns from the
 * oldest and drop when the budget is exceeded, as it happened when they came. Two things follow from that:
 * - the same turns plus one more give the same first turn, until the budget is exceeded again;
 * - whoever stores conversations may forget turns before {@link Kept.first} and nothing else: a replay from there comes to the same cuts.
 *   A store that forgets one turn at a time as they come in would have the whole chat read anew with every message.
 *
 * About block edges: the chat always starts where the static part ends, whichever turn is its first, and a prefix cache knows a block by
 * all that stands before it. So nothing behind the static part survives a cut, wherever the cut is; aligning the first turn would gain
 * nothing, and padding the static part to an edge would put meaningless tokens before each reply to save at most 15. What is aligned is
 * the low mark: whole blocks, so that the kept chat never opens a block for a few tokens.
 */
export interface HistoryOptions {
  /** Tokens of all turns together. */
  readonly budget: number;
  /** Positions per block of the KV cache. */
  readonly blockSize?: number;
}

/** Tokens that are kept when the budget was exceeded; also the longest that one turn may be. */
export function lowMark({ budget, blockSize = 16 }: HistoryOptions): number {
  return Math.floor(budget / 2 / blockSize) * blockSize;
}

/** Turns that left the window together. */
export interface Eviction {
  /** Indexes into the turns. */
  readonly turns: readonly number[];
  /** The turn for which there was no more room. */
  readonly at: number;
  readonly reason: Shortage;
}

export interface Kept {
  /** Indexes of the turns in the window, in order. */
  readonly turns: readonly number[];
  /** The oldest of them; 0 when there is none. */
  readonly first: number;
  readonly tokens: number;
  readonly evicted: readonly Eviction[];
}

/**
 * @param turns - how many there are, oldest first.
 * @param lengthOf - tokens of a turn, at most {@link lowMark}. It is asked once, when the turn comes, and told who is in the window then.
 * @param isUser - whether a turn is a person's: the newest of these is never dropped.
 */
export function keepTurns(
  turns: number,
  lengthOf: (turn: number, kept: readonly number[]) => number,
  isUser: (turn: number) => boolean,
  options: HistoryOptions,
): Kept {
  const low = lowMark(options);
  const evicted: Eviction[] = [];
  let kept: number[] = [];
  let tokens = 0;
  let newestUser = -1;

  const lengths: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const length = lengthOf(turn, kept);
    lengths.push(length);
    kept.push(turn);
    tokens += length;
    if (isUser(turn)) newestUser = turn;
    if (tokens <= options.budget) continue;

    const full = tokens;
    const dropped: number[] = [];
    const drop = (mayGo: (old: number) => boolean) => {
      kept = kept.filter((old) => {
        if (tokens <= low || !mayGo(old)) return true;
        tokens -= lengths[old] ?? 0;
        dropped.push(old);
        return false;
      });
    };
    drop((old) => old < newestUser);
    // Only when a persona spoke several times in a row: the person's turn and the newest stay, each no longer than the low mark.
    if (tokens > options.budget) drop((old) => old !== newestUser && old !== turn);
    evicted.push({ turns: dropped, at: turn, reason: shortage('history', { tokens: full, room: options.budget }) });
  }
  return { turns: kept, first: kept[0] ?? 0, tokens, evicted };
}
