import type { ChainableCommander } from 'ioredis';
import type { Store } from '../store.ts';
import type { Loops } from './types.ts';

const HOUR_MS = 60 * 60 * 1000;
/** More bot messages in a row than any cap would ask for need not be told apart. */
const MOST_TURNS = 1000;

/**
 * What breaks loops between bots: how many messages of theirs came in a row, and how many we have answered within the hour.
 * Sets of ids, not counters, so that a message that is delivered twice counts once.
 */
export function openLoops({ redis, keys }: Pick<Store, 'redis' | 'keys'>): Loops {
  const read = async (channel: string, now: number, first: (multi: ChainableCommander) => ChainableCommander) => {
    const [turns, replies] = [keys.botTurns(channel), keys.botReplies(channel)];
    const multi = first(redis.multi())
      .zremrangebyscore(replies, '-inf', now - HOUR_MS)
      .zcard(turns)
      .zcard(replies);
    const results = ((await multi.exec()) ?? []).map(([error, result]) => {
      if (error) throw error;
      return Number(result);
    });
    return { botTurns: results.at(-2) ?? 0, botRepliesThisHour: results.at(-1) ?? 0 };
  };
  return {
    note: (channel, { id, bot, now = Date.now() }) => {
      const turns = keys.botTurns(channel);
      return read(channel, now, (multi) =>
        bot
          ? multi
              .zadd(turns, now, id)
              .zremrangebyrank(turns, 0, -MOST_TURNS - 1)
              .pexpire(turns, HOUR_MS)
          : multi.del(turns),
      );
    },
    replied: (channel, { job, now = Date.now() }) => {
      const replies = keys.botReplies(channel);
      return read(channel, now, (multi) => multi.zadd(replies, now, job).pexpire(replies, HOUR_MS));
    },
    read: (channel, now = Date.now()) => read(channel, now, (multi) => multi),
  };
}
