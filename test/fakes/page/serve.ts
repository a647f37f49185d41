import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../../../root.ts';

const COMMON = 'test/fakes/page/common.js';

/** Changes this soon after one another are shown together. */
const TOGETHER_MS = 50;
/** Typing, drafts and late answers end by themselves, so the page is also told without a change. */
const AGAIN_MS = 1000;
const MOST_BYTES = 65_536;

export interface PageOptions {
  /** The file of the page; each NONCE in it is replaced, and COMMON by common.js. */
  readonly html: string;
  /** 0 is any free port. */
  readonly port: number;
  /** What is shown to whoever asks with these parameters. */
  readonly snapshot: (query: URLSearchParams) => object;
  /** Calls back at every change. @returns how to end it. */
  readonly watch: (changed: () => void) => () => void;
  /** Does what the page asks for. @throws Error in words for the person */
  readonly act: (wanted: unknown) => Promise<object>;
}

/** A page on which one talks in the fake as several people. */
export interface Page {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page on 127.0.0.1. @throws Error when the port is taken */
export async function servePage(options: PageOptions): Promise<Page> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(options: PageOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page');
  if (!isLocal(request)) return answer(response, 403, { error: 'only from this machine' });
  const wanted = `${request.method} ${pathname}`;
  if (wanted === 'GET /') return sendHtml(options, response);
  if (wanted === 'GET /events') return sendEvents(options, searchParams, response);
  if (wanted === 'POST /act') return act(options, request, response);
  return answer(response, 404, { error: 'there is nothing here' });
}

async function sendHtml({ html }: PageOptions, response: ServerResponse): Promise<void> {
  const nonce = randomBytes(16).toString('base64');
  const common = await readFile(join(packageRoot(), COMMON), 'utf8');
  const page = (await readFile(html, 'utf8')).replace(/^COMMON$/m, () => common);
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  response
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy })
    .end(page.replaceAll('NONCE', nonce));
}

/** Sends a snapshot at every change, as server-sent events. */
function sendEvents({ snapshot, watch }: PageOptions, query: URLSearchParams, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  let pending: NodeJS.Timeout | undefined;
  let sent = '';
  const send = () => {
    pending = undefined;
    const shown = JSON.stringify(snapshot(query));
    if (shown !== sent) response.write(`data: ${shown}\n\n`);
    sent = shown;
  };
  const unwatch = watch(() => {
    pending ??= setTimeout(send, TOGETHER_MS);
  });
  const again = setInterval(send, AGAIN_MS);
  response.on('close', () => {
    unwatch();
    clearInterval(again);
    clearTimeout(pending);
  });
  send();
}

async function act(options: PageOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    answer(response, 200, await options.act(JSON.parse(await body(request))));
  } catch (error) {
    answer(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** A page of another site must not reach us: neither by a name that leads here nor by a form. */
function isLocal({ headers, method }: IncomingMessage): boolean {
  const host = /^(127\.0\.0\.1|localhost)(:\d+)?$/.exec(headers.host ?? '')?.[0];
  if (!host) return false;
  if (method !== 'POST') return true;
  return (headers.origin ?? `http://${host}`) === `http://${host}` && headers['content-type'] === 'application/json';
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('that is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, json: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json));
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
