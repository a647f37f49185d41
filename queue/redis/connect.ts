import { Redis } from 'ioredis';

/** Opens a connection that never gives up: commands wait until Redis is back. Its errors are for `onError` listeners. */
export function connectTo(target: string | { path: string }): Redis {
  const options = {
    // BullMQ and followers block for seconds and must outlive a restart of Redis.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 5), 1000),
    // After a failover a read-only server is the wrong one: connect again, and send the command again.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? (2 as const) : false),
  };
  const redis = typeof target === 'string' ? new Redis(target, options) : new Redis({ ...options, path: target.path });
  // Without a listener, each failed reconnection would be printed, or thrown.
  redis.on('error', () => {});
  return redis;
}
