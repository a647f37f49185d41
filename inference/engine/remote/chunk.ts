import { createParser } from 'eventsource-parser';
import { z } from 'zod';

/** One event of a streamed completion, as far as it matters. vLLM and SGLang give `token_ids` when asked (`return_token_ids`). */
const Event = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        token_ids: z.array(z.int().min(0)).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  error: z.unknown().optional(),
});

/** What of a reply came in one event. */
export interface Chunk {
  text: string;
  /** The tokens drawn, from servers that say; `text` may lag behind them. */
  tokens?: number[];
  finish?: string;
}

/** More than any event has: what is longer is no completion. */
const MOST = 1 << 20;

/**
 * Reads server-sent events. Comments (keep-alive), usage, and events without a choice give nothing. `[DONE]` is a `finish`, for some servers
 * say no other.
 * @throws Error when it is no completion, when the server says that something went wrong, and when the bytes end before all was said
 */
export async function* readChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk, void> {
  const events: string[] = [];
  let problem: Error | undefined;
  const parser = createParser({
    maxBufferSize: MOST,
    onEvent: ({ data }) => void events.push(data),
    onError: (error) => {
      // A field that nobody knows is to be ignored, says the standard.
      if (error.type === 'max-buffer-size-exceeded') problem = error;
    },
  });
  const utf8 = new TextDecoder();
  async function* parts(): AsyncGenerator<string, void> {
    for await (const part of bytes) yield utf8.decode(part, { stream: true });
    // The last line may lack its end; a line that was cut off is still no event.
    yield '\n';
  }
  for await (const part of parts()) {
    parser.feed(part);
    for (const data of events.splice(0)) {
      if (data.trim() === '[DONE]') return yield { text: '', finish: 'stop' };
      const chunk = chunkOf(data);
      if (chunk) yield chunk;
    }
    if (problem) throw problem;
  }
  throw new Error('the stream ended in the middle');
}

function chunkOf(data: string): Chunk | undefined {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    throw new Error(`it sent what is not JSON: ${data.slice(0, 80)}`);
  }
  const { success, data: event } = Event.safeParse(json);
  if (!success) throw new Error(`it sent what is no completion: ${data.slice(0, 80)}`);
  if (event.error !== undefined && event.error !== null) throw new Error(messageOf(event.error));
  const choice = event.choices?.[0];
  if (!choice) return undefined;
  const { text, token_ids: tokens, finish_reason: finish } = choice;
  return { text: text ?? '', ...(tokens && { tokens }), ...(finish && { finish }) };
}

/** What a server says went wrong: `{ message }`, `{ error: { message } }` or anything else. In one line, not too long. */
export function messageOf(body: unknown): string {
  const said = z.object({ message: z.string() });
  const nested = z.object({ error: z.union([said, z.string()]) });
  const flat = said.safeParse(body);
  const deep = nested.safeParse(body);
  const text = flat.success
    ? flat.data.message
    : deep.success
      ? typeof deep.data.error === 'string'
        ? deep.data.error
        : deep.data.error.message
      : typeof body === 'string'
        ? body
        : (JSON.stringify(body) ?? '');
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}
