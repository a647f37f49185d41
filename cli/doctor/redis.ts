import { reasonOf, WisecrackError } from '../../errors.ts';
import { checkRedis } from '../../queue/index.ts';
import type { App } from '../app.ts';
import { type Finding, fail, ok, warn } from './check.ts';

/** Redis: whether it answers, and whether what lies in it is safe there. */
export async function checkRedisOf(app: App): Promise<Finding[]> {
  try {
    const redis = await app.redis();
    const { version, persistent, eviction, problems } = await checkRedis(redis);
    const place = app.config.redisUrl ? redis.url : 'embedded';
    const tooOld = problems.find((problem) => problem.includes('too old'));
    return [
      tooOld ? fail('redis', `${version}, ${place}`, `${tooOld}.`) : ok('redis', `${version}, ${place}`),
      persistent
        ? ok('redis persistence', 'append-only file')
        : warn('redis persistence', 'off: what waits is lost when Redis restarts', 'Set "appendonly yes".'),
      eviction === 'noeviction'
        ? ok('redis eviction', eviction)
        : fail('redis eviction', `${eviction}: jobs may be thrown away`, 'Set "maxmemory-policy noeviction".'),
    ];
  } catch (error) {
    const mend =
      error instanceof WisecrackError
        ? error.mend
        : 'Set WISECRACK_HOME to a folder that can be written, or REDIS_URL.';
    return [fail('redis', reasonOf(error), mend)];
  }
}
