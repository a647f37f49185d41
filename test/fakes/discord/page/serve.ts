import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../../../../root.ts';
import type { FakeDiscord } from '../discord.ts';
import type { Person } from '../people/person.ts';
import type { Channel } from '../state/channel.ts';
import { type Act, actSchema, perform } from './acts.ts';
import { places, snapshot } from './snapshot.ts';

const HTML = 'test/fakes/discord/page/index.html';
/** Changes this soon after one another are shown together. */
const TOGETHER_MS = 50;
/** Typing and late answers end by themselves, so the page is also told without a change. */
const AGAIN_MS = 2000;
const MOST_BYTES = 65_536;

export interface PageOptions {
  readonly discord: FakeDiscord;
  /** Who can be chosen to talk as; at least one. */
  readonly people: readonly Person[];
  /** 0 is any free port. */
  readonly port: number;
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
    handle(options, request, response, submitted).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const submitted = new Set<string>();
  await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(
  options: PageOptions,
  request: IncomingMessage,
  response: ServerResponse,
  submitted: Set<string>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://page');
  if (!isLocal(request)) return answer(response, 403, { error: 'only from this machine' });
  const { method } = request;
  if (method === 'GET' && url.pathname === '/') return html(response);
  if (method === 'GET' && url.pathname === '/events') return events(options, url, response, submitted);
  if (method === 'POST' && url.pathname === '/act') return act(options, request, response, submitted);
  return answer(response, 404, { error: 'there is nothing here' });
}

async function html(response: ServerResponse): Promise<void> {
  const nonce = randomBytes(16).toString('base64');
  const page = await readFile(join(packageRoot(), HTML), 'utf8');
  response
    .writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; connect-src 'self'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    })
    .end(page.replaceAll('NONCE', nonce));
}

/** Sends a snapshot at every change, as server-sent events. */
async function events(
  { discord, people }: PageOptions,
  url: URL,
  response: ServerResponse,
  submitted: ReadonlySet<string>,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  let pending: NodeJS.Timeout | undefined;
  let sent = '';
  const send = () => {
    pending = undefined;
    const { person, channel } = find(discord, people, url.searchParams.get('user'), url.searchParams.get('channel'));
    const shown = JSON.stringify(snapshot(person, people, channel, submitted));
    if (shown !== sent) response.write(`data: ${shown}\n\n`);
    sent = shown;
  };
  const unwatch = discord.world.watch(() => {
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

async function act(
  { discord, people }: PageOptions,
  request: IncomingMessage,
  response: ServerResponse,
  submitted: Set<string>,
): Promise<void> {
  try {
    const wanted: Act = actSchema.parse(JSON.parse(await body(request)));
    const { person, channel } = find(discord, people, wanted.user, wanted.channel);
    answer(response, 200, await perform(discord.world, person, channel, wanted, submitted));
  } catch (error) {
    answer(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Who talks and where; when the page asks for what is gone, the first that there is. */
function find(discord: FakeDiscord, people: readonly Person[], user: string | null, place: string | null) {
  const person = people.find(({ id }) => id === user) ?? (people[0] as Person);
  const seen = places(person);
  const id = (seen.find((one) => one.id === place) ?? seen[0])?.id ?? '';
  return { person, channel: discord.world.channels.get(id) as Channel };
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
