import { Queue as Bull } from 'bullmq';
import { cancelReply } from './cancel.ts';
import { openConversations } from './conversations.ts';
import { openHeartbeats } from './heartbeats.ts';
import { keysOf, QUEUE_NAME } from './keys.ts';
import { Hub } from './replies/hub.ts';
import { loadScripts } from './scripts.ts';
import type { Store } from './store.ts';
import { submitJob } from './submit.ts';
import type { Queue, QueueOptions } from './types.ts';
import { countJobs, positionOf } from './waiting.ts';
import { JobWorker } from './worker/worker.ts';

/**
 * Opens the queue. It holds one connection, one more while replies are followed, and two more per worker; a lost
 * connection is made again and what was asked meanwhile waits.
 */
export function openQueue({ redis, prefix = 'wisecrack', onError = () => {} }: QueueOptions): Queue {
  const connect = () => {
    const connection = redis.connect();
    connection.on('error', onError);
    return connection;
  };
  const connection = connect();
  const bull = new Bull(QUEUE_NAME, { connection, prefix, streams: { events: { maxLen: 100 } } });
  // The connection's errors are heard above; others reject the call that they belong to.
  bull.on('error', () => {});
  const parts = { redis: connection, run: loadScripts(connection), keys: keysOf(prefix) };
  const conversations = openConversations(parts);
  const store: Store = { ...parts, connect, prefix, bull, conversations, onError };
  const hub = new Hub(store);
  return {
    submit: (turn, job) => submitJob(store, turn, job),
    startWorker: (options) => new JobWorker(store, options),
    follow: (jobId, options) => hub.follow(jobId, options),
    cancel: (jobId) => cancelReply(store, jobId),
    position: (jobId) => positionOf(store, jobId),
    counts: () => countJobs(store),
    conversations,
    heartbeats: openHeartbeats(store),
    close: async () => {
      await hub.close();
      await bull.close();
      connection.disconnect();
    },
  };
}
