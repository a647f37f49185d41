import type { RedisHandle } from '../types.ts';

export interface RedisCheck {
  version: string;
  /** Whether what was written survives a restart. */
  persistent: boolean;
  /** Must be `noeviction`: a queue that loses keys loses messages. */
  eviction: string;
  /** What to mend, in plain words; empty when all is well. */
  problems: string[];
}

/** Looks at a Redis for `wisecrack doctor`. By INFO alone, because managed ones refuse CONFIG. */
export async function checkRedis(handle: Pick<RedisHandle, 'connect'>): Promise<RedisCheck> {
  const redis = handle.connect();
  try {
    const info = await redis.info();
    const field = (name: string) => info.match(new RegExp(`^${name}:(.*?)\\r?$`, 'm'))?.[1] ?? '';
    const version = field('redis_version');
    const persistent = field('aof_enabled') === '1';
    const eviction = field('maxmemory_policy');
    const problems: string[] = [];
    if (Number.parseFloat(version) < 6.2) problems.push(`Redis ${version} is too old: 6.2 or newer is needed`);
    if (!persistent) problems.push('what is queued is lost when Redis restarts: set "appendonly yes"');
    if (eviction !== 'noeviction') {
      problems.push(
        `Redis may throw jobs away when its memory is full (${eviction}): set "maxmemory-policy noeviction"`,
      );
    }
    return { version, persistent, eviction, problems };
  } finally {
    redis.disconnect();
  }
}
