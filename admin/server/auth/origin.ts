import type { FastifyRequest } from 'fastify';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export const isLoopback = (host: string): boolean => LOOPBACK.has(host) || host === '::1';

/**
 * Whether a request that changes something does not come from our own page. Browsers say so themselves (`Sec-Fetch-Site`); old ones
 * give the `Origin`, whose host must be the one that was asked. Who says neither is no browser, and sends a token.
 *
 * @param own - the origin under which the page is known, where it is another than the browser asks us by (a proxy).
 */
export function isForeign({ method, headers }: FastifyRequest, own: string | undefined): boolean {
  if (SAFE.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined || !URL.canParse(origin)) return true;
  return origin !== own && new URL(origin).host !== host;
}

/**
 * Whether the host that a browser believes to talk to is none of ours: a foreign name that resolves to this machine (DNS rebinding)
 * would make a foreign page one of our origin.
 *
 * @param ownHost - the host of WISECRACK_ADMIN_URL.
 */
export function isForeignHost({ headers }: FastifyRequest, ownHost: string | undefined): boolean {
  const host = headers.host ?? '';
  return host !== ownHost && !LOOPBACK.has(host.replace(/:\d+$/, ''));
}
