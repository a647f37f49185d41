import { Act, parse } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Acts } from '../types.ts';

/** How many are kept. */
const KEPT = 10_000;

/** What was done in the dashboard, besides changes of settings: those are in the rules' own audit. */
export function openActs({ redis, keys }: Pick<Store, 'redis' | 'keys'>): Acts {
  return {
    note: async (act) => {
      const { by, act: what, target, before = '', after = '' } = parse(Act, act, 'act');
      const fields = ['by', by, 'act', what, 'target', target, 'before', before, 'after', after];
      await redis.xadd(keys.acts, 'MAXLEN', '~', KEPT, '*', ...fields);
    },
    list: async ({ before = '+', most = 50 } = {}) => {
      const entries = await redis.xrevrange(keys.acts, before, '-', 'COUNT', most);
      return entries.map(([id, fields]) => {
        const [, by, , act, , target, , was, , is] = fields;
        const found = { by, act, target, ...(was && { before: was }), ...(is && { after: is }) };
        return { id, at: Number(id.split('-')[0]), ...parse(Act, found, `act ${id}`) };
      });
    },
  };
}
