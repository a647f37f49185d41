import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import { GROK_1, readShape } from '../shape.ts';
import { openTokenizer, type SentencePieceTokenizer } from '../tokenizer/tokenizer.ts';
import type { Patience } from './complete.ts';
import { Endpoint } from './endpoint.ts';
import { Endpoints } from './endpoints.ts';
import { RemoteEngine } from './engine.ts';
import { checkHealth, examine, type Wanted } from './examine.ts';
import type { Kind, Server } from './kind.ts';

export interface RemoteOptions {
  /** Holds the model's tokenizer.model; its config.json says how long a window may be where a server does not, else that is Grok-1's. */
  readonly folder: string;
  /** Where the servers are, with or without `/v1`. */
  readonly urls: readonly string[];
  /** Keys of the servers: none, one for all, or one for each. Never logged. */
  readonly keys?: readonly string[];
  /** The model to ask for; each server's first one when left out. */
  readonly model?: string | undefined;
  /** What they are; found out when left out. */
  readonly kind?: Kind | undefined;
  /** 0: what the servers have. */
  readonly context: number;
  readonly patience?: Partial<Patience>;
  /** How often the servers are asked how they are, ms. */
  readonly healthMs?: number;
  readonly log?: { warn(fields: object, message: string): void };
}

/** A prompt of 8192 tokens may wait behind others; between tokens a cluster that swaps requests out pauses for seconds. */
const PATIENCE: Patience = { connectMs: 5000, firstTokenMs: 120_000, betweenTokensMs: 60_000 };
const HEALTH_MS = 10_000;

/**
 * Opens servers that run the model already. One that does not answer now is used when it does; one at least must.
 * @throws WisecrackError WISECRACK_TOKENIZER_INVALID, WISECRACK_MODEL_INVALID, WISECRACK_REMOTE_UNREACHABLE, WISECRACK_REMOTE_DENIED,
 * WISECRACK_REMOTE_INVALID
 */
export async function openRemote(options: RemoteOptions): Promise<RemoteEngine<SentencePieceTokenizer>> {
  const { folder, urls, keys = [], context, log, healthMs = HEALTH_MS } = options;
  const tokenizer = await openTokenizer(join(folder, 'tokenizer.model'));
  const config = existsSync(join(folder, 'config.json')) ? await readShape(folder) : GROK_1;
  const patience = { ...PATIENCE, ...options.patience };
  const closing = new AbortController();
  const list = urls.map((url, at) => new Endpoint(url, keys.length > 1 ? keys[at] : keys[0]));
  const wanted: Wanted = {
    ...{ kind: options.kind, model: options.model, tokenizer },
    ...{ connectMs: patience.connectMs, signal: closing.signal },
  };
  const warn = (error: unknown) => log?.warn({ error: reasonOf(error) }, 'an inference server has trouble');

  const errors = (await Promise.all(list.map((one) => look(one, wanted)))).filter((error) => error !== undefined);
  const [found] = list.flatMap(({ server }) => server ?? []);
  if (!found) throw errors.length > 1 ? allOf(errors) : errors[0];
  for (const error of errors) warn(error);
  for (const { url, server } of list)
    if (server && !server.ids)
      log?.warn({ url, kind: server.kind }, 'its tokens are not those of tokenizer.model: prompts go as text');

  const engine = new RemoteEngine({
    ...{ name: nameOf(found), config, tokenizer, endpoints: new Endpoints(list), patience, context, closing },
    onTrouble: warn,
  });
  void watch(list, wanted, { healthMs, context: engine.context, warn });
  return engine;
}

/** Looks at a server for the first time. @returns what is wrong with it */
async function look(endpoint: Endpoint, wanted: Wanted): Promise<unknown> {
  try {
    endpoint.server = await examine(endpoint, wanted);
    return undefined;
  } catch (error) {
    endpoint.ill(error, performance.now());
    return error;
  }
}

/** Asks the servers how they are, so that one that is down costs no reply its first try, until the engine closes. */
async function watch(
  list: readonly Endpoint[],
  wanted: Wanted,
  { healthMs, context, warn }: { healthMs: number; context: number; warn: (error: unknown) => void },
): Promise<void> {
  const { signal } = wanted;
  for (;;) {
    await sleep(healthMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await Promise.all(
      list.map((endpoint) => check(endpoint, wanted, context).catch((error) => signal.aborted || warn(error))),
    );
  }
}

/** @throws WisecrackError when it has become ill, or is still */
async function check(endpoint: Endpoint, wanted: Wanted, context: number): Promise<void> {
  const { server, problem } = endpoint;
  try {
    if (server && !endpoint.isDown) return await checkHealth(endpoint, server, wanted);
    const found = await examine(endpoint, wanted);
    if ((found.context ?? context) < context) {
      const reason = `it has room for ${found.context} tokens, the others for ${context}`;
      throw new WisecrackError('WISECRACK_REMOTE_INVALID', { url: endpoint.url, reason });
    }
    endpoint.server = found;
    endpoint.well();
  } catch (error) {
    // What is known already is not told again every ten seconds.
    endpoint.ill(error, performance.now());
    if (endpoint.problem !== problem) throw error;
  }
}

function nameOf({ model, kind }: Server): string {
  return `${model} (${kind === 'openai' ? 'remote' : kind})`;
}

function allOf(errors: readonly unknown[]): WisecrackError {
  return new WisecrackError('WISECRACK_REMOTE_UNREACHABLE', { reason: errors.map(reasonOf).join('; ') });
}
