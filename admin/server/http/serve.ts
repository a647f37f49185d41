import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { z } from 'zod';
import { WisecrackError } from '../../../errors.ts';
import { Failure, type Route } from '../../api/index.ts';
import type { Chatter } from '../auth/chatters.ts';
import type { Who } from '../auth/who.ts';
import type { Gate } from './gate.ts';

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A request whose parts have been checked. */
export interface Call<R extends Route> {
  params: Output<R['params']>;
  query: Output<R['querystring']>;
  body: Output<R['body']>;
  /** Who asks. @throws WisecrackError WISECRACK_ADMIN_NO_SESSION on a route for anyone, when nobody is logged in */
  readonly who: Who;
  /** Who chats, on a route for guests. */
  readonly chatter: Chatter;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** A route's response; what has another content type is sent as it is. */
export type Answer<R extends Route> = R['response'] extends z.ZodType
  ? Promise<z.input<R['response']>>
  : R['contentType'] extends string
    ? Promise<string | Uint8Array>
    : Promise<void>;

/** Where routes are added. */
export interface Site {
  app: FastifyInstance;
  gate: Gate;
}

/** Adds a route of admin/api: its gate, its checks, its answer. */
export function serve<R extends Route>({ app, gate }: Site, route: R, work: (call: Call<R>) => Answer<R>) {
  app.route({
    ...optionsOf(route, gate),
    handler: async (request, reply) => {
      const answer = await work(callOf<R>(request, reply));
      if (route.contentType !== undefined && !reply.hasHeader('content-type')) reply.type(route.contentType);
      return answer === undefined ? reply.code(204).send() : reply.send(answer);
    },
  });
}

/** What all kinds of routes have in common. */
export function optionsOf(route: Route, gate: Gate): Omit<RouteOptions, 'handler'> {
  const { method, url, role, summary, tag, params, querystring, body, response, bodyLimit, events } = route;
  const names = events && Object.keys(events).join(', ');
  return {
    method,
    url,
    ...(bodyLimit !== undefined && { bodyLimit }),
    onRequest: (request) => gate.check(request, role),
    schema: {
      ...{ summary, tags: [tag], description: `Role: ${role}.${names ? ` Server-sent events: ${names}.` : ''}` },
      ...(params && { params }),
      ...(querystring && { querystring }),
      ...(body && { body }),
      response: {
        ...(response ? { 200: response } : route.contentType || events ? {} : { 204: z.void() }),
        '4xx': Failure,
        '5xx': Failure,
      },
    },
  };
}

export function callOf<R extends Route>(request: FastifyRequest, reply: FastifyReply): Call<R> {
  return {
    params: request.params as Output<R['params']>,
    query: request.query as Output<R['querystring']>,
    body: request.body as Output<R['body']>,
    get who() {
      if (!request.who) throw new WisecrackError('WISECRACK_ADMIN_NO_SESSION');
      return request.who;
    },
    get chatter() {
      if (!request.chatter) throw new WisecrackError('WISECRACK_CHAT_NO_SESSION');
      return request.chatter;
    },
    request,
    reply,
  };
}
