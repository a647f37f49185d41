import { STAY } from './keys.ts';
import { DeliveredPart, DeliveryOutcome, DeliveryRecord, FinalText, parse, parseJson } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Deliveries, DeliveryState, OwnedDelivery } from './types.ts';

/** How many open deliveries are looked at in one call. */
const PAGE = 200;

/** What is to be shown where, what of it is shown already, and which process sees to it. */
export function openDeliveries({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Deliveries {
  const keysFor = (jobId: string) => [keys.delivery(jobId), keys.deliveries(platformOf(jobId))];
  const read = async (jobId: string) => stateOf(jobId, await redis.hgetall(keys.delivery(jobId)));
  return {
    open: async (delivery, token, leaseMs) => {
      const { jobId, ...rest } = parse(DeliveryRecord, delivery, 'delivery');
      const args = [jobId, token, leaseMs, JSON.stringify({ jobId, ...rest }), STAY.unfinished];
      const [answer, ...fields] = (await run('open-delivery', keysFor(jobId), args)) as string[];
      if (answer === 'over' || answer === 'known') return answer;
      return stateOf(jobId, recordOf(fields)) ?? 'known';
    },
    due: async function* (platform) {
      const now = Date.now();
      // Collected first: whoever claims some of them would shift the others' places.
      const ids: string[] = [];
      for (let page: string[] = [], at = 0; at === 0 || page.length === PAGE; at += PAGE) {
        page = await redis.zrangebyscore(keys.deliveries(platform), '-inf', now, 'LIMIT', at, PAGE);
        ids.push(...page);
      }
      yield* ids;
    },
    claim: async (jobId, token, leaseMs) => {
      const fields = (await run('claim-delivery', keysFor(jobId), [jobId, token, leaseMs])) as string[];
      return stateOf(jobId, recordOf(fields));
    },
    owned: (jobId, token, leaseMs) => {
      const write = async (...pairs: string[]) =>
        (await run('write-delivery', keysFor(jobId), [jobId, token, leaseMs, ...pairs])) === 1;
      const owned: OwnedDelivery = {
        renew: () => write(),
        part: (index, part) => write(`part:${index}`, part ? JSON.stringify(part) : ''),
        shown: async (index, part) => {
          const message = keys.message(platformOf(jobId), part.message);
          const args = [jobId, token, leaseMs, `part:${index}`, JSON.stringify(part), STAY.message];
          return (await run('show-delivery', [...keysFor(jobId), message], args)) === 1;
        },
        final: (final) => write('final', JSON.stringify(final)),
        end: async (outcome) => {
          const drops = outcome.type === 'delivered' ? 0 : 1;
          const args = [jobId, token, JSON.stringify(outcome), drops, STAY.message];
          return (await run('end-delivery', keysFor(jobId), args)) === 1;
        },
        release: async () => {
          await run('release-delivery', keysFor(jobId), [jobId, token]);
        },
      };
      return owned;
    },
    drop: async (jobId) => (await run('drop-delivery', keysFor(jobId), [jobId])) === 1,
    read,
    jobOf: async (platform, message) => (await redis.get(keys.message(platform, message))) ?? undefined,
  };
}

/** A job id is made of platform, ":" and message id. */
const platformOf = (jobId: string) => jobId.slice(0, jobId.indexOf(':'));

function stateOf(jobId: string, fields: Record<string, string>): DeliveryState | undefined {
  if (fields.delivery === undefined) return undefined;
  const what = `the delivery of ${jobId}`;
  const parts: DeliveredPart[] = [];
  for (const [name, json] of Object.entries(fields)) {
    const [, index] = /^part:(\d+)$/.exec(name) ?? [];
    if (index !== undefined) parts[Number(index)] = parseJson(DeliveredPart, json, what);
  }
  return {
    delivery: parseJson(DeliveryRecord, fields.delivery, what),
    parts,
    dropped: fields.drop !== undefined,
    ...(fields.final !== undefined && { final: parseJson(FinalText, fields.final, what) }),
    ...(fields.outcome !== undefined && { outcome: parseJson(DeliveryOutcome, fields.outcome, what) }),
  };
}

/** A script gives a hash as one list: field, value, field, value. */
function recordOf(fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : [])));
}
