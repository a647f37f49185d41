import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Context } from '../context.ts';
import { answerFailure } from '../http/failure.ts';
import type { Site } from '../http/serve.ts';

const PATH = '/queue';
/** bull-board brings its own page, whose loading sign is styled in place. */
const CSP = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'self'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Fonts of Google's, which would learn who looks here. */
const FONTS = /<link[^>]*\bfonts\.(?:googleapis|gstatic)\.com[^>]*>/g;

/** The raw view of the queue: bull-board, behind the same login. */
export function addRawQueue({ app, gate }: Site, { queue }: Context): void {
  const server = new FastifyAdapter().setBasePath(PATH);
  createBullBoard({
    queues: [new BullMQAdapter(queue.bull)],
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'Wisecrack' } },
  });
  app.register(async (scope) => {
    // Answered here: bull-board has an error handler of its own, to which all errors are its own.
    scope.addHook('onRequest', async (request, reply) => {
      try {
        await gate.check(request, 'operator');
      } catch (error) {
        answerFailure(error, request, reply);
        return reply;
      }
    });
    scope.addHook('onSend', async (_request, reply, payload) => {
      reply.header('content-security-policy', CSP);
      return typeof payload === 'string' ? payload.replace(FONTS, '') : payload;
    });
    // Its routes are not ours to check or to describe.
    scope.setValidatorCompiler(() => () => true);
    scope.setSerializerCompiler(() => (data) => JSON.stringify(data));
    scope.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(server.registerPlugin(), { prefix: PATH });
  });
}
