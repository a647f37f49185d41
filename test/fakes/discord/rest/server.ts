import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestLog } from '../../log.ts';
import type { Fault, Faults } from '../faults.ts';
import { bucketKey, type Limits, type Verdict } from '../limits.ts';
import { ApiError, problem } from '../problems.ts';
import type { World } from '../state/world.ts';
import type { Logged } from './log.ts';
import { type Route, Router, route } from './route.ts';
import { routes } from './routes/index.ts';

export interface RestOptions {
  readonly world: World;
  readonly token: string;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly keep: number;
  /** What `GET /gateway/bot` says. */
  readonly gateway: () => object;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

const PREFIX = /^\/api\/v10(?=\/)/;

/** The REST API: log, outage, faults, token, limits, then the route. */
export class Rest {
  readonly log: RequestLog<Logged>;
  readonly #options: RestOptions;
  readonly #router: Router;
  /** How many answers were 401, 403 or 429: 10,000 in ten minutes would shut an address out. */
  invalid = 0;

  constructor(options: RestOptions) {
    this.#options = options;
    this.log = new RequestLog(options.keep);
    this.#router = new Router([
      ...routes,
      route('GET', '/gateway/bot', () => options.gateway()),
      route('GET', '/gateway', () => options.gateway(), { open: true }),
    ]);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.log.open++;
    try {
      await this.#handle(request, response);
    } catch (error) {
      // A mistake in the fake itself must be seen, not taken for a refusal.
      send(response, {
        status: 500,
        body: { message: `the fake failed: ${error instanceof Error ? error.stack : error}`, code: 0 },
      });
    } finally {
      this.log.open--;
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, world } = this.#options;
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = url.pathname.replace(PREFIX, '');
    const raw = await text(request);
    const body = parse(raw);
    const logged: Logged = { method, path, body, at: world.clock.now(), status: 0 };
    this.log.add(logged);
    if (faults.outage === 'reset') return tear(request);
    if (faults.outage === '503') return this.#answer(response, logged, failure(problem('unavailable')));
    if (!PREFIX.test(url.pathname)) return this.#answer(response, logged, failure(problem('notFound')));
    const fault = faults.meet(logged);
    if (fault?.kind === 'hang') {
      if (fault.done) this.#do(logged, url, request);
      if (fault.socket === 'torn') tear(request);
      return;
    }
    let answer = fault?.kind === 'answer' ? this.#fail(fault, logged) : this.#do(logged, url, request);
    if (fault?.kind === 'slow') {
      answer = structuredClone(answer);
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
    }
    this.#answer(response, logged, raw !== '' && body === undefined ? failure(problem('badJson')) : answer);
  }

  #do(logged: Logged, url: URL, request: IncomingMessage): Answer {
    const { world, token, limits } = this.#options;
    const found = this.#router.find(logged.method, logged.path);
    if (!found) return failure(problem('notFound'));
    const { route, params } = found;
    if (!route.open && request.headers.authorization !== `Bot ${token}`) return failure(problem('unauthorized'));
    const verdict = limits.take(route.limit, `${route.method} ${route.pattern}`, major(route, params), {
      global: route.global,
    });
    if (verdict.limited) return limited(verdict);
    try {
      const body = route.handle({ world, params, query: url.searchParams, body: logged.body });
      return { status: body === undefined ? 204 : 200, headers: verdict.headers, body };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return failure(error, verdict.headers);
    }
  }

  #fail(fault: Extract<Fault, { kind: 'answer' }>, { method, path }: Logged): Answer {
    const { status, code, message, retryAfterMs, global } = fault;
    if (status !== 429) return { status, body: { message, code } };
    const found = this.#router.find(method, path);
    const key = found
      ? bucketKey(found.route.limit, `${found.route.method} ${found.route.pattern}`, major(found.route, found.params))
      : path;
    return limited(this.#options.limits.refuse(global ? 'global' : key, retryAfterMs), code);
  }

  #answer(response: ServerResponse, logged: Logged, answer: Answer): void {
    logged.status = answer.status;
    const code = (answer.body as { code?: unknown } | undefined)?.code;
    if (answer.status >= 400 && typeof code === 'number') logged.code = code;
    if ([401, 403, 429].includes(answer.status)) this.invalid++;
    send(response, answer);
  }
}

/** What a bucket is counted by, besides its route. */
function major(route: Route, params: Readonly<Record<string, string>>): string {
  if (params.webhook) return `${params.webhook}/${params.token ?? ''}`;
  return params.interaction ?? params.channel ?? params.guild ?? route.pattern;
}

function failure({ status, code, message, extra }: ApiError, headers: Record<string, string> = {}): Answer {
  const { status: other = status, ...rest } = extra;
  const wait = typeof rest.retry_after === 'number' ? { 'Retry-After': String(Math.ceil(rest.retry_after)) } : {};
  return { status: Number(other), headers: { ...headers, ...wait }, body: { message, code, ...rest } };
}

function limited({ headers, limited }: Verdict, code = 0): Answer {
  const { retryAfterMs = 0, global = false } = limited ?? {};
  const body = { message: 'You are being rate limited.', retry_after: retryAfterMs / 1000, global };
  return { status: 429, headers, body: code ? { ...body, code } : body };
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  // A 204 must say nothing of a content type, or the client tries to read JSON.
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function tear(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parse(raw: string): unknown {
  if (raw === '') return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
