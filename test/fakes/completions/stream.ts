import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { TokenDecoder } from '../../../inference/engine/decoder.ts';
import type { Tokenizer } from '../../../inference/engine/engine.ts';
import type { Kind } from '../../../inference/engine/remote/kind.ts';
import { StopMatcher } from '../../../inference/engine/stop.ts';
import type { Asked } from './asked.ts';
import type { Fault } from './faults.ts';
import type { Source } from './source.ts';

export interface Spoken {
  readonly kind: Kind;
  readonly model: string;
  readonly tokenizer: Tokenizer;
  readonly source: Source;
  readonly prompt: readonly number[];
  readonly asked: Asked;
  readonly fault: Fault;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** Streams one completion as servers of this kind do, as far as the fault lets it. */
export async function stream(response: ServerResponse, spoken: Spoken): Promise<void> {
  const { kind, asked, fault, source, prompt, signal } = spoken;
  const decoder = new TokenDecoder(spoken.tokenizer);
  const matcher = new StopMatcher(asked.stop);
  const withIds = asked.return_token_ids && (kind === 'vllm' || kind === 'sglang');
  const say = (data: object) =>
    write(response, `data: ${JSON.stringify({ object: 'text_completion', model: spoken.model, ...data })}\n\n`, fault);
  const speak = (text: string, tokens: number[], finish: string | null) =>
    say({
      choices: [{ index: 0, text, logprobs: null, finish_reason: finish, ...(withIds && { token_ids: tokens }) }],
    });

  let drawn = 0;
  const tokens = source(prompt, asked, signal);
  let finish: 'stop' | 'length' = 'stop';
  for (;;) {
    if (fault.does !== undefined && drawn === (fault.after ?? 0)) return breakOff(response, fault.does, signal);
    const { value, done } = await tokens.next();
    if (signal.aborted) return;
    if (done) {
      finish = value;
      break;
    }
    drawn++;
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    if (fault.comments) await write(response, ': ping\n\n', fault);
    const text = matcher.push(decoder.push(value));
    // Without ids there is nothing to tell while a character or a stop string is not complete.
    if (withIds || text !== '') await speak(text, [value], null);
    if (fault.usage) await say({ choices: [], usage: { prompt_tokens: prompt.length, completion_tokens: drawn } });
    if (matcher.stopped) {
      await tokens.return('stop');
      break;
    }
  }
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  const rest = matcher.end();
  if (fault.omit !== 'finish' && fault.omit !== 'both') await speak(rest, [], finish);
  else if (rest !== '') await speak(rest, [], null);
  if (fault.omit !== 'done' && fault.omit !== 'both') await write(response, 'data: [DONE]\n\n', fault);
  response.end();
}

async function breakOff(
  response: ServerResponse,
  does: NonNullable<Fault['does']>,
  signal: AbortSignal,
): Promise<void> {
  // What was written still arrives; what ends a body does not.
  if (does === 'cut') return void response.socket?.end();
  if (does === 'hang') {
    // It is alive and says so; it only does not go on.
    while (!signal.aborted) {
      if (response.headersSent) response.write(': ping\n\n');
      await sleep(20, undefined, { signal }).catch(() => undefined);
    }
    return;
  }
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  const error = { message: 'CUDA out of memory', type: 'InternalServerError', code: 500 };
  response.write(does === 'error' ? `data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n` : does);
  response.end();
}

async function write(response: ServerResponse, text: string, { bytes }: Fault): Promise<void> {
  const whole = Buffer.from(text);
  const size = bytes ?? whole.length;
  for (let at = 0; at < whole.length; at += size) {
    response.write(whole.subarray(at, at + size));
    // A turn of the event loop, so that the pieces travel one by one.
    if (bytes !== undefined) await setImmediate();
  }
}
