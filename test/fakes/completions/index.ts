/**
 * A server of OpenAI's completions over real HTTP, in the dialect of vLLM, SGLang, llama.cpp or nobody in particular. It says what a model
 * of our own engine says, or a script, and goes wrong on demand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tokenizer } from '../../../inference/engine/engine.ts';
import type { Kind } from '../../../inference/engine/remote/kind.ts';
import { RequestLog } from '../log.ts';
import { Asked } from './asked.ts';
import { Faults } from './faults.ts';
import { page } from './pages.ts';
import type { Source } from './source.ts';
import { stream } from './stream.ts';

export type { Fault } from './faults.ts';
export { modelled, type Source, scripted } from './source.ts';

export interface FakeOptions {
  readonly kind: Kind;
  readonly source: Source;
  readonly tokenizer: Tokenizer;
  readonly model?: string;
  readonly context?: number;
  /** Whoever does not bring it is refused. */
  readonly key?: string;
  readonly saysWho?: boolean;
  /** 0 is any free port. */
  readonly port?: number;
}

export interface FakeCompletions {
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** The completions that were asked for, as their bodies were sent. */
  readonly log: RequestLog<Record<string, unknown>>;
  /** Completions that are being made. */
  readonly running: number;
  close(): Promise<void>;
}

export async function startFakeCompletions(options: FakeOptions): Promise<FakeCompletions> {
  const { kind, source, tokenizer, model = 'grok-1', context = 8192, key, saysWho = true } = options;
  const faults = new Faults();
  const log = new RequestLog<Record<string, unknown>>(1000);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    const body = await readJson(request);
    if (key !== undefined && path !== '/health' && request.headers.authorization !== `Bearer ${key}`)
      return answer(response, 401, refusal(`Unauthorized: ${request.headers.authorization}`));
    if (path === '/v1/completions') return complete(body, request, response);
    const found = page(path, body, { kind, model, context, tokenizer, saysWho });
    answer(response, found === undefined ? 404 : 200, found ?? refusal('Not Found'));
  }

  async function complete(body: unknown, request: IncomingMessage, response: ServerResponse): Promise<void> {
    log.add(body as Record<string, unknown>);
    const { data: asked, error } = Asked.safeParse(body);
    if (!asked) return answer(response, 400, refusal(error.message));
    const fault = faults.meet(asked) ?? {};
    if (fault.status !== undefined) {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      return void response.end(fault.body ?? JSON.stringify(refusal(`as was asked for`)));
    }
    if (asked.model !== model) return answer(response, 404, refusal(`The model ${asked.model} does not exist.`));
    if (asked.min_tokens > asked.max_tokens)
      return answer(response, 400, refusal(`min_tokens must be less than or equal to max_tokens=${asked.max_tokens}`));
    const prompt = typeof asked.prompt === 'string' ? tokenizer.encode(asked.prompt) : asked.prompt;
    if (prompt.length + asked.max_tokens > context)
      return answer(response, 400, refusal(`This model's maximum context length is ${context} tokens.`));
    const gone = new AbortController();
    request.socket.once('close', () => gone.abort());
    log.open++;
    try {
      await stream(response, { kind, model, tokenizer, source, prompt, asked, fault, signal: gone.signal });
    } finally {
      log.open--;
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      // A mistake in the fake itself must be seen, not taken for a refusal.
      if (!response.headersSent) answer(response, 500, refusal(`the fake failed: ${error?.stack}`));
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, faults, log },
    get running() {
      return log.open;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** As vLLM words it. */
function refusal(message: string): object {
  return { error: { message, type: 'BadRequestError', param: null, code: 400 } };
}

function answer(response: ServerResponse, status: number, body: object | string): void {
  if (typeof body === 'string') return void response.writeHead(status).end(body);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text === '' ? {} : JSON.parse(text);
}
