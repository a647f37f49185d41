import { lookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { WisecrackError } from '../../errors.ts';
import type { FeedState } from '../../queue/index.ts';
import { isPublic } from './address.ts';

const TIMEOUT_MS = 20_000;
const MOST_BYTES = 2_000_000;
const MOST_REDIRECTS = 3;

export interface FetchOptions {
  /** What the server said last time. */
  state?: FeedState;
  signal?: AbortSignal | undefined;
  /** Whether an address may be connected to. Default: {@link isPublic}. */
  mayConnect?: (address: string) => boolean;
}

/** A feed's text and what its server wants to hear next time; undefined when nothing has changed. */
export type Fetched = { text: string; state: FeedState } | undefined;

/**
 * Gets a feed, if it has changed. The address that a name stands for is looked at when it is connected to, also after a redirect: a feed
 * cannot make us read what only this machine can reach.
 *
 * @throws WisecrackError WISECRACK_FEED_FAILED
 */
export async function fetchFeed(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(options.signal ? [options.signal] : [])]);
  let url: URL = new URL(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await request(url, { ...options, signal });
    const { statusCode = 0, headers } = response;
    if (statusCode === 304) {
      response.destroy();
      return undefined;
    }
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      if (!URL.canParse(headers.location, url.href)) fail(url, 'it points to something that is no address');
      url = new URL(headers.location, url);
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      fail(url, `the server answered ${statusCode}`);
    }
    const text = await read(response, url);
    const { etag, 'last-modified': lastModified } = headers;
    return { text, state: { ...(etag && { etag }), ...(lastModified && { lastModified }) } };
  }
  return fail(url, `more than ${MOST_REDIRECTS} redirects`);
}

async function request(url: URL, { state, signal, mayConnect = isPublic }: FetchOptions): Promise<IncomingMessage> {
  if (!/^https?:$/.test(url.protocol)) fail(url, 'only http and https are read');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A name is looked at when it is resolved; an address has no name to resolve.
  if (isIP(host) && !mayConnect(host)) fail(url, PRIVATE);
  const checked: LookupFunction = (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      const open = addresses.filter(({ address }) => mayConnect(address));
      const [first] = open;
      if (!first) return done(new Error(PRIVATE), '');
      if (options.all) (done as (error: null, all: typeof open) => void)(null, open);
      else done(null, first.address, first.family);
    });
  const headers = {
    accept: 'application/rss+xml, application/atom+xml, application/feed+json;q=0.9, application/xml;q=0.8, */*;q=0.1',
    // Compressed text could grow without measure.
    'accept-encoding': 'identity',
    'user-agent': 'wisecrack (reads feeds)',
    ...(state?.etag && { 'if-none-match': state.etag }),
    ...(state?.lastModified && { 'if-modified-since': state.lastModified }),
  };
  const { get } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const complain = (error: Error) => {
      try {
        fail(url, signal?.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message, error);
      } catch (failure) {
        reject(failure);
      }
    };
    get(url, { headers, lookup: checked, signal, agent: false }, resolve).on('error', complain);
  });
}

async function read(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) break;
    }
  } catch (error) {
    fail(url, 'the connection was cut', error);
  }
  if (bytes > MOST_BYTES) fail(url, `it is larger than ${MOST_BYTES / 1e6} MB`);
  const whole = Buffer.concat(chunks);
  const charset = /charset=["']?([\w-]+)/i.exec(response.headers['content-type'] ?? '')?.[1] ?? declared(whole);
  try {
    return new TextDecoder(charset).decode(whole);
  } catch {
    return fail(url, `its charset "${charset}" is not known`);
  }
}

/** The encoding that an XML document names for itself. */
function declared(document: Buffer): string {
  return /^<\?xml[^>]{0,200}encoding=["']([\w-]+)/.exec(document.subarray(0, 300).toString('latin1'))?.[1] ?? 'utf-8';
}

const PRIVATE = 'its address is not on the open internet';

/** The host names the feed; the rest of the address may hold a key. */
function fail(url: URL, reason: string, cause?: unknown): never {
  throw new WisecrackError('WISECRACK_FEED_FAILED', { feed: url.host || url.protocol, reason }, { cause });
}
