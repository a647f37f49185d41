import type { Redis } from 'ioredis';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { RedisHandle } from '../types.ts';
import { connectTo } from './connect.ts';
import { openEmbedded } from './embedded.ts';
import { hideSecrets, withoutPassword } from './secrets.ts';

/** How long Redis may take to answer the first time. */
const FIRST_ANSWER_MS = 5000;

export interface RedisOptions {
  /** REDIS_URL. Without it a redis-server is started, with its data in `<home>/redis`. */
  url?: string | undefined;
  /** The folder of Wisecrack's own files. */
  home: string;
}

/** Opens the Redis at `url`, or an embedded one that all processes with the same `home` share. */
export async function openRedis({ url, home }: RedisOptions): Promise<RedisHandle> {
  return url ? openUrl(url) : openEmbedded(home);
}

async function openUrl(url: string): Promise<RedisHandle> {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new WisecrackError('WISECRACK_CONFIG_INVALID', {
      name: 'REDIS_URL',
      reason: 'it is not of the form redis://user:password@host:6379',
    });
  }
  const connect = () => connectTo(url);
  const shown = withoutPassword(url);
  await answer(connect(), shown, url);
  return { url: shown, connect, close: async () => {} };
}

/** One PING, so that a wrong address is an error at the start and not a silence for ever. */
async function answer(redis: Redis, shown: string, url: string): Promise<void> {
  let last: unknown = 'no answer';
  let timer: NodeJS.Timeout | undefined;
  redis.on('error', (error) => {
    last = error;
  });
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(last), FIRST_ANSWER_MS);
  });
  try {
    await Promise.race([redis.ping(), late]);
  } catch (error) {
    // No `cause`: what ioredis puts into its errors may hold the address with its password.
    const reason = hideSecrets(reasonOf(error), url);
    throw new WisecrackError('WISECRACK_REDIS_UNREACHABLE', { url: shown, reason });
  } finally {
    clearTimeout(timer);
    redis.disconnect();
  }
}
