import { Queue as Bull } from 'bullmq';
import { openAccounts } from './admin/accounts.ts';
import { openActs } from './admin/acts.ts';
import { openSavedPersonas } from './admin/saved-personas.ts';
import { openVersions } from './admin/versions.ts';
import { openAsked } from './asked.ts';
import { cancelReply } from './cancel.ts';
import { openConversations } from './conversations.ts';
import { openDeliveries } from './deliveries.ts';
import { openFeedback } from './feedback.ts';
import { openStatistics } from './figures/statistics.ts';
import { openHeartbeats } from './heartbeats.ts';
import { keysOf, QUEUE_NAME } from './keys.ts';
import { openLeases } from './lease.ts';
import { readLife } from './life.ts';
import { openLogs } from './logs.ts';
import { openPrivacy } from './memory/privacy.ts';
import { openNews } from './news.ts';
import { readOverview } from './overview.ts';
import { Hub } from './replies/hub.ts';
import { estimateWait } from './rules/estimate.ts';
import { openLimits } from './rules/limits.ts';
import { openLoops } from './rules/loops.ts';
import { openRules } from './rules/rules.ts';
import { loadScripts } from './scripts.ts';
import type { Store } from './store.ts';
import { submitJob } from './submit.ts';
import type { Queue, QueueOptions } from './types.ts';
import { countJobs, positionOf } from './waiting.ts';
import { openGuests } from './web/guests.ts';
import { openShown } from './web/shown.ts';
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
  const limits = openLimits({ ...parts, bull });
  const store: Store = { ...parts, connect, prefix, bull, conversations, limits, onError };
  const hub = new Hub(store);
  const { rules, close: closeRules } = openRules(store);
  const { logs, close: closeLogs } = openLogs(store);
  const { shown, close: closeShown } = openShown(store);
  const statistics = openStatistics(store);
  const deliveries = openDeliveries(store);
  return {
    submit: (turn, job) => submitJob(store, turn, job),
    startWorker: (options) => new JobWorker(store, options),
    follow: (jobId, options) => hub.follow(jobId, options),
    cancel: (jobId) => cancelReply(store, jobId),
    position: (jobId) => positionOf(store, jobId),
    counts: () => countJobs(store),
    estimate: (position) => estimateWait(store, position),
    overview: () => readOverview(store),
    life: (id) => readLife(store, id, deliveries.read),
    statistics,
    logs,
    accounts: openAccounts(store),
    acts: openActs(store),
    versions: openVersions(store),
    savedPersonas: openSavedPersonas(store),
    bull,
    rules,
    limits,
    loops: openLoops(store),
    privacy: openPrivacy(store, rules, statistics),
    feedback: openFeedback(store),
    conversations,
    news: openNews(store),
    asked: openAsked(store),
    deliveries,
    heartbeats: openHeartbeats(store),
    leases: openLeases(store),
    shown,
    guests: openGuests(store),
    close: async () => {
      closeRules();
      closeShown();
      await closeLogs();
      await hub.close();
      await bull.close();
      connection.disconnect();
    },
  };
}
