import { nowRoutes as routes } from '../../api/now.ts';
import { includes } from '../auth/who.ts';
import type { Context } from '../context.ts';
import { type Site, serve } from '../http/serve.ts';

/** The first screen. */
export function addNow(site: Site, { queue, board, streams }: Context): void {
  serve(site, routes.now, ({ who }) => board.read(includes(who.role, 'operator')));

  streams.serve(site, routes.nowEvents, ({ who }, send, signal) =>
    board.watch(send, includes(who.role, 'operator'), signal),
  );

  serve(site, routes.cancelReply, async ({ params: { jobId }, who }) => {
    const state = await queue.cancel(jobId);
    await queue.acts.note({ by: who.by, act: 'reply.cancel', target: jobId, after: state });
    return { state };
  });
}
