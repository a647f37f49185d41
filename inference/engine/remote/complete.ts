import type { IncomingMessage } from 'node:http';
import { WisecrackError } from '../../../errors.ts';
import { type Chunk, readChunks } from './chunk.ts';
import type { Endpoint } from './endpoint.ts';
import { follow } from './follow.ts';
import { send } from './http.ts';
import { failure, refusal } from './trouble.ts';

/** How long we wait: for a connection, for the first token (its prompt has to be read first), and from one token to the next. */
export interface Patience {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
}

/**
 * Asks a server for one completion. Only what brings text, tokens or the end is given out, and only that counts as a sign of life: a server
 * that hangs may well go on sending keep-alive comments. Leaving the loop closes the connection, and so does the signal.
 * @throws WisecrackError WISECRACK_REMOTE_*, WISECRACK_REQUEST_INVALID; any error at all after the signal
 */
export async function* complete(
  endpoint: Endpoint,
  body: object,
  { connectMs, firstTokenMs, betweenTokensMs }: Patience,
  signal: AbortSignal,
): AsyncGenerator<Chunk, void> {
  const { url, headers, secret } = endpoint;
  const { controller, letGo } = follow([signal]);
  let late: Error | undefined;
  const giveUp = (what: string, ms: number) => () => {
    late = new Error(`${what} within ${ms / 1000} s`);
    controller.abort(late);
  };
  let timer = setTimeout(giveUp('no token', firstTokenMs), firstTokenMs);
  let response: IncomingMessage | undefined;
  try {
    response = await send(endpoint.at('/v1/completions'), {
      ...{ body, headers, connectMs, signal: controller.signal },
    });
    if (response.statusCode !== 200) throw await refusal(response, url, secret);
    if (!response.headers['content-type']?.startsWith('text/event-stream'))
      throw new WisecrackError('WISECRACK_REMOTE_INVALID', { url, reason: 'it does not stream' });
    for await (const chunk of readChunks(response)) {
      if (chunk.text === '' && (chunk.tokens?.length ?? 0) === 0 && chunk.finish === undefined) continue;
      clearTimeout(timer);
      yield chunk;
      if (chunk.finish !== undefined) return;
      timer = setTimeout(giveUp('no further token', betweenTokensMs), betweenTokensMs);
    }
  } catch (error) {
    throw failure(late ?? error, url, response !== undefined);
  } finally {
    clearTimeout(timer);
    letGo();
    response?.destroy();
  }
}
