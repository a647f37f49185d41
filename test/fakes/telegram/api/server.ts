import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestLog } from '../../log.ts';
import type { Fault, Faults } from '../faults.ts';
import type { Limits } from '../limits.ts';
import { ApiError, badRequest, problem } from '../problems.ts';
import type { World } from '../state/world.ts';
import type { Updates } from '../updates/updates.ts';
import { readBody } from './body.ts';
import type { Logged } from './log.ts';
import { uploadsIn } from './method.ts';
import { methods } from './methods/index.ts';

export interface ApiOptions {
  readonly world: World;
  readonly token: string;
  readonly limits: Limits;
  readonly updates: Updates;
  readonly faults: Faults;
  readonly keep: number;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const BY_NAME = new Map(methods.map((one) => [one.name.toLowerCase(), one]));

/** The Bot API: log, outage, faults, token, then the method. */
export class Api {
  readonly log: RequestLog<Logged>;
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.log = new RequestLog(options.keep);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const [, file, token = '', rest = ''] = /^(\/file)?\/bot([^/]+)\/(.+)$/.exec(pathname) ?? [];
    if (file) return this.#download(response, token, rest);
    const polls = rest.toLowerCase() === 'getupdates';
    if (!polls) this.log.open++;
    try {
      await this.#handle(request, response, token, rest, searchParams);
    } catch (error) {
      // A mistake in the fake itself must be seen, not taken for a refusal.
      const description = `the fake failed: ${error instanceof Error ? error.stack : error}`;
      send(response, { status: 500, body: { ok: false, error_code: 500, description } });
    } finally {
      if (!polls) this.log.open--;
    }
  }

  /** Runs a method that came without a request of its own. */
  async run(name: string, body: Record<string, unknown>): Promise<void> {
    const logged: Logged = { method: nameOf(name), body, at: this.#options.world.clock.now(), status: 0 };
    this.log.add(logged, { polls: logged.method === 'getUpdates' });
    const { status } = await this.#do(logged, this.#options.token, new AbortController().signal);
    logged.status = status;
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    token: string,
    name: string,
    query: URLSearchParams,
  ): Promise<void> {
    const { faults, world } = this.#options;
    const raw = await whole(request);
    const body = readBody(raw, request.headers['content-type'] ?? '', query);
    const logged: Logged = { method: nameOf(name), body: body ?? {}, at: world.clock.now(), status: 0 };
    this.log.add(logged, { polls: logged.method === 'getUpdates' });
    if (faults.outage === 'reset') return tear(request);
    if (faults.outage === '502') return answer(response, logged, failure(problem('gateway')));
    if (!body) return answer(response, logged, failure(badRequest("can't parse request body")));
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const fault = faults.meet(logged);
    if (fault?.kind === 'hang') {
      if (fault.done) await this.#do(logged, token, gone.signal);
      if (fault.socket === 'torn') tear(request);
      return;
    }
    const made = fault?.kind === 'answer' ? this.#fail(fault, logged) : await this.#do(logged, token, gone.signal);
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    answer(response, logged, made);
  }

  async #do({ method, body }: Logged, token: string, signal: AbortSignal): Promise<Answer> {
    const { world, limits, updates } = this.#options;
    try {
      if (!/^\d+:.+$/.test(token)) throw problem('notFound');
      if (token !== this.#options.token) throw problem('unauthorized');
      const found = BY_NAME.get(method.toLowerCase());
      if (!found || (method === 'sendMessageDraft' && !world.drafts)) throw problem('noMethod');
      const result = await found.run({ world, limits, updates, uploads: uploadsIn(body), signal }, body);
      return { status: 200, body: { ok: true, result } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return failure(error);
    }
  }

  #fail({ code, description, parameters }: Extract<Fault, { kind: 'answer' }>, { body }: Logged): Answer {
    const wait = parameters?.retry_after;
    if (code === 429 && wait !== undefined) {
      const chat = Number(body.chat_id);
      this.#options.limits.tell(Number.isFinite(chat) ? chat : 'overall', wait);
    }
    return failure(new ApiError(code, description, parameters));
  }

  #download(response: ServerResponse, token: string, path: string): void {
    const file = token === this.#options.token ? this.#options.world.files.at(decodeURIComponent(path)) : undefined;
    if (file) response.writeHead(200, { 'Content-Type': file.mime }).end(file.bytes);
    else send(response, failure(problem('notFound')));
  }
}

/** Methods are named in any case; the log and matchers know one spelling. */
function nameOf(given: string): string {
  return BY_NAME.get(given.toLowerCase())?.name ?? given;
}

function answer(response: ServerResponse, logged: Logged, { status, body }: Answer): void {
  logged.status = status;
  if ('description' in body) logged.description = String(body.description);
  send(response, { status, body });
}

function failure({ code, message, parameters }: ApiError): Answer {
  return {
    status: code,
    body: { ok: false, error_code: code, description: message, ...(parameters && { parameters }) },
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function tear(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
