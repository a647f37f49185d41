import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';

export interface Asked {
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: object;
  readonly headers?: Record<string, string>;
  /** How long connecting may take, TLS included. */
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

/**
 * One request on a connection of its own, which an abort closes: that is how a server learns that nobody wants the rest. Not `fetch`, which
 * cannot tell a server that is not there from one that thinks, and gives up after five minutes by itself.
 * @throws Error of node:net, node:tls, or the signal's reason
 */
export function send(url: URL, { method = 'POST', body, headers, connectMs, signal }: Asked): Promise<IncomingMessage> {
  const text = body && JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const type =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    // The signal goes by hand: Node's own option forgets the reason.
    const request = (isSecure ? secure : plain)(url, { method, agent: false, headers: { ...headers, ...type } });
    const slow = setTimeout(() => request.destroy(new Error(`no connection within ${connectMs / 1000} s`)), connectMs);
    const abort = () => request.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    request.on('socket', (socket) => socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(slow)));
    request.on('error', reject);
    request.on('response', (response) => {
      // What breaks after this is heard where the body is read.
      response.on('error', () => {});
      resolve(response);
    });
    request.on('close', () => {
      clearTimeout(slow);
      signal.removeEventListener('abort', abort);
    });
    request.end(text);
  });
}

/** The whole body as text, cut at `most` bytes. */
export async function readText(response: IncomingMessage, most = 1 << 20): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    parts.push(part);
    size += part.length;
    if (size >= most) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, Math.min(size, most));
}
