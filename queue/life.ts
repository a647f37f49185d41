import { encodeJobId } from './keys.ts';
import { decodeEvent } from './replies/codec.ts';
import { Asked, Job, parseJson, Turn } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Life } from './types.ts';

/** What is still known of a reply, by its job's id or its trace. */
export async function readLife(store: Store, id: string, deliveryOf: (jobId: string) => Promise<Life['delivery']>) {
  const { redis, keys, bull } = store;
  const jobId = (await redis.get(keys.trace(id))) ?? id;
  const [entries, record, bullJob, asked, delivery] = await Promise.all([
    redis.xrange(keys.stream(jobId), '-', '+'),
    redis.hgetall(keys.record(jobId)),
    bull.getJob(encodeJobId(jobId)),
    redis.get(keys.asked(jobId)),
    deliveryOf(jobId),
  ]);
  const job = Job.safeParse(bullJob?.data).data;
  if (!job && entries.length === 0 && record.nonce === undefined && !delivery) return undefined;
  const place = asked === null ? undefined : parseJson(Asked, asked, `the question of ${jobId}`);
  const conversation = job?.conversation ?? place?.conversation;
  const turnId = job?.turnId ?? place?.turnId;
  const life: Life = {
    jobId,
    ...(job && { job }),
    ...(record.persona && { persona: record.persona }),
    ...(conversation !== undefined && { conversation }),
    events: entries.map(([entry, fields]) => ({
      at: Number(entry.split('-')[0]),
      event: decodeEvent(entry, fields),
    })),
    ...(delivery && { delivery }),
  };
  if (conversation === undefined || turnId === undefined) return life;
  const turns = (await redis.lrange(keys.turns(conversation), 0, -1)).map((json) => parseJson(Turn, json, 'a turn'));
  const at = turns.findIndex((turn) => turn.id === turnId);
  return at < 0 ? life : { ...life, turns: turns.slice(0, at + 1) };
}
