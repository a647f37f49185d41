import { tenantOf } from '../fair.ts';
import { STAY } from '../keys.ts';
import type { Store } from '../store.ts';
import { estimateWait } from './estimate.ts';
import type { Limits, Payer, Taken } from './types.ts';

/** How long one that was let through may take to come into the queue, in ms. After that its bot is dead. */
const ON_THE_WAY_MS = 30_000;
/** What one is told to wait before a full queue of which nothing is known, in ms. */
const FULL_MS = 10_000;

/** The limits: messages per minute, tokens per day, jobs that wait. */
export function openLimits(store: Pick<Store, 'redis' | 'run' | 'keys' | 'bull'>): Limits {
  const { run, keys } = store;
  const logs = ({ user, server }: Payer) => [keys.userLog(user), keys.serverLog(server ?? '')];
  const fair = [keys.prioritized, keys.tenants, keys.clock];
  const tokens = ({ user, server }: Payer) => [keys.userTokens(user), keys.serverTokens(server ?? '')];
  return {
    take: async ({ job, user, server, rules, now }) => {
      const payer = { job, user, ...(server !== undefined && { server }) };
      const [state, waitMs] = (await run(
        'take-turn',
        [keys.taken(job), ...logs(payer), ...tokens(payer), keys.onTheWay, keys.wait, ...fair],
        [
          job,
          now ?? '',
          rules.userPerMinute,
          server === undefined ? '' : rules.serverPerMinute,
          rules.userTokensPerDay ?? '',
          rules.serverTokensPerDay ?? '',
          rules.longestQueue,
          STAY.record,
          ON_THE_WAY_MS,
          tenantOf(payer),
        ],
      )) as ['ok' | Exclude<Taken, 'ok'>['refused'], number?];
      if (state === 'ok') return 'ok';
      return { refused: state, retryAfterMs: waitMs ?? (await estimateWait(store, 1)) ?? FULL_MS };
    },
    spend: async ({ tokens: spent, now, ...payer }) => {
      const args = [Math.max(0, Math.round(spent)), now ?? '', STAY.record, payer.server === undefined ? 0 : 1];
      return (await run('spend-tokens', [keys.taken(payer.job), ...tokens(payer)], args)) === 1;
    },
    refund: async (payer) =>
      (await run('refund-turn', [keys.taken(payer.job), ...logs(payer), keys.onTheWay], [payer.job])) === 1,
  };
}
