import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { fastifySSE } from '@fastify/sse';
import swagger from '@fastify/swagger';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { WisecrackError } from '../../errors.ts';
import type { Context } from './context.ts';
import { answerFailure } from './http/failure.ts';
import type { Gate } from './http/gate.ts';
import type { Site } from './http/serve.ts';
import { addAccount } from './routes/account.ts';
import { addAccounts } from './routes/accounts.ts';
import { addCards } from './routes/cards.ts';
import { addChat } from './routes/chat.ts';
import { addChatGuests } from './routes/chat-guests.ts';
import { addConversations } from './routes/conversations.ts';
import { addHistory } from './routes/history.ts';
import { addLogs } from './routes/logs.ts';
import { addMetrics } from './routes/metrics.ts';
import { addNow } from './routes/now.ts';
import { addPage } from './routes/page.ts';
import { addPeople } from './routes/people.ts';
import { addPersonas } from './routes/personas.ts';
import { addPlayground } from './routes/playground.ts';
import { addRawQueue } from './routes/raw.ts';
import { addRules } from './routes/rules.ts';
import { addSession } from './routes/session.ts';
import { addTelegram } from './routes/telegram.ts';

/** Requests of one address within a minute; a page makes a few, a guesser many. */
const PER_MINUTE = 3000;

export interface AppOptions {
  context: Context;
  gate: Gate;
  /** The folder of the built page. */
  page: string;
  /** The page comes over https. */
  secure: boolean;
  /** A proxy of ours stands before us, on this machine. */
  behindProxy: boolean;
  version: string;
}

/** Puts the dashboard's server together; it does not listen yet. */
export async function openApp({
  context,
  gate,
  page,
  secure,
  behindProxy,
  version,
}: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // Ids of ours in an address are longer than fastify expects.
    routerOptions: { maxParamLength: 400 },
    trustProxy: behindProxy ? 'loopback' : false,
    // Streams never end by themselves.
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerFailure);
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.decorateRequest('who', undefined);
  app.decorateRequest('chatter', undefined);
  app.addHook('onRequest', async (request) => gate.checkHost(request));
  await app.register(helmet, { ...HELMET, strictTransportSecurity: secure });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: PER_MINUTE,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new WisecrackError('WISECRACK_ADMIN_TOO_OFTEN', { seconds: Math.ceil(ttl / 1000) }),
  });
  await app.register(fastifySSE);
  await app.register(swagger, {
    openapi: { info: { title: 'Wisecrack', description: 'The dashboard’s API', version }, ...SECURITY },
    transform: jsonSchemaTransform,
  });
  app.addHook('onSend', async (request, reply) => {
    // What one person may see is nobody else's, also not a cache's.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  addRoutes({ app, gate }, context);
  addPage({ app, gate }, page);
  return app;
}

function addRoutes(site: Site, context: Context): void {
  for (const add of [addSession, addAccount, addAccounts, addNow, addRules, addConversations, addPeople])
    add(site, context);
  for (const add of [addPersonas, addPlayground, addHistory, addLogs, addMetrics, addRawQueue, addTelegram, addCards]) {
    add(site, context);
  }
  for (const add of [addChat, addChatGuests]) add(site, context);
  const { app, gate } = site;
  app.get(
    '/api/openapi.json',
    { onRequest: (request) => gate.check(request, 'viewer'), schema: { hide: true } },
    async () => app.swagger(),
  );
}

const HELMET = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' as const },
};

const SECURITY = {
  components: {
    securitySchemes: {
      session: { type: 'apiKey' as const, in: 'cookie', name: 'wisecrack_session' },
      token: { type: 'http' as const, scheme: 'bearer' },
    },
  },
  security: [{ session: [] as string[] }, { token: [] as string[] }],
};
