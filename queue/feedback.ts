import { STAY } from './keys.ts';
import type { Store } from './store.ts';
import type { Feedback, Votes } from './types.ts';

/** Thumbs up and down: one vote per user and reply, counted per persona. */
export function openFeedback({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Feedback {
  return {
    vote: async (jobId, user, vote) =>
      (await run('vote', [keys.record(jobId), keys.votes(user), keys.voteCounts], [jobId, vote, STAY.votes])) === 1,
    counts: async () => {
      const counts = new Map<string, Votes>();
      for (const [field, count] of Object.entries(await redis.hgetall(keys.voteCounts))) {
        const at = field.indexOf(':');
        const persona = field.slice(at + 1);
        const votes = counts.get(persona) ?? { up: 0, down: 0 };
        votes[field.slice(0, at) === '1' ? 'up' : 'down'] = Number(count);
        counts.set(persona, votes);
      }
      return counts;
    },
  };
}
