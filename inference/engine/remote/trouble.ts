import type { IncomingMessage } from 'node:http';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import { messageOf } from './chunk.ts';
import { readText } from './http.ts';

/** A server that asks to be left alone for a while. */
export class Busy extends WisecrackError {
  readonly retryAfterMs: number | undefined;

  constructor(url: string, reason: string, retryAfterMs: number | undefined) {
    super('WISECRACK_REMOTE_BUSY', { url, reason });
    this.retryAfterMs = retryAfterMs;
  }
}

/** What a status that is not 200 means. Reads the body for what the server says. @param hide - never to be seen: the key. */
export async function refusal(response: IncomingMessage, url: string, hide: string): Promise<WisecrackError> {
  const status = response.statusCode ?? 0;
  const text = await readText(response, 65_536).catch(() => '');
  const said = messageOf(parsed(text));
  const reason = `${status}${said && `, ${hide ? said.replaceAll(hide, '***') : said}`}`;
  if (status === 401 || status === 403) return new WisecrackError('WISECRACK_REMOTE_DENIED', { url });
  // vLLM calls a request that is too long a 400, SGLang and FastAPI a malformed one a 422.
  if (status === 400 || status === 413 || status === 422)
    return new WisecrackError('WISECRACK_REQUEST_INVALID', { reason: `${url} answers ${reason}` });
  if (status === 429 || status === 503) return new Busy(url, reason, retryAfter(response.headers['retry-after']));
  if (status === 408 || status >= 500) return new WisecrackError('WISECRACK_REMOTE_FAILED', { url, reason });
  return new WisecrackError('WISECRACK_REMOTE_INVALID', { url, reason: `it answers ${reason}` });
}

/** What went wrong on the way to or from a server, as an error of ours. */
export function failure(error: unknown, url: string, connected: boolean): WisecrackError {
  if (error instanceof WisecrackError) return error;
  const reason = networkReason(error);
  return connected
    ? new WisecrackError('WISECRACK_REMOTE_FAILED', { url, reason }, { cause: error })
    : new WisecrackError('WISECRACK_REMOTE_UNREACHABLE', { reason: `${url}: ${reason}` }, { cause: error });
}

/** Node tries several addresses and then reports all failures in one error without words. */
function networkReason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const reason = reasonOf(error);
  return reason === 'aborted' || reason === 'socket hang up' ? 'the connection broke' : reason;
}

/** Seconds or a date, as HTTP has it. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
