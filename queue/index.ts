/**
 * What bots, inference and admin share through Redis, and nothing else: jobs, the streams of replies, conversations,
 * heartbeats, the operator's and members' rules.
 *
 *     const redis = await openRedis({ url: process.env.REDIS_URL, home: '.wisecrack' });
 *     const queue = openQueue({ redis });
 *
 *     // a bot                                            // a worker
 *     await queue.submit(turn, job);                      queue.startWorker({ handle: async (job, context) => {
 *     for await (const event of queue.follow(job.id)) {     await context.publish('Hi', [23]);
 *       if (event.type === 'piece') show(event.text);       return { finish: 'stop', text: 'Hi' };
 *     }                                                   } });
 *
 * What holds, whatever is killed or restarted: the same message twice is one turn and one reply; followers see every
 * piece exactly once; a reply goes on where a killed worker stopped; each job ends in a visible reply.
 */

export { dailyHeadlines, freshHeadlines, readHeadline, wordsOf } from './headlines.ts';
export { openQueue } from './queue.ts';
export { checkRedis, type RedisCheck } from './redis/check.ts';
export { openRedis } from './redis/open.ts';
export { effective } from './rules/effective.ts';
export * from './schema/index.ts';
export { StaleAttempt } from './scripts.ts';
export { Stopped } from './stopped.ts';
export type * from './types.ts';
