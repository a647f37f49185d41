import { WisecrackError } from '../../../errors.ts';
import type { EngineStats, ModelConfig } from '../addon.ts';
import type { Engine, GenerateRequest, Piece } from '../engine.ts';
import type { EngineTokenizer } from '../native/engine.ts';
import { Reply } from '../native/reply.ts';
import { bodyFor } from './body.ts';
import { complete, type Patience } from './complete.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import { follow } from './follow.ts';
import type { Server } from './kind.ts';
import { Reading } from './reading.ts';

/** A server whose tokens are not ours may need more of them for the same text. */
const FOREIGN_SHARE = 0.85;

/** Beside one for each server. */
const MORE_TRIES = 2;

/** What belongs to one reply. */
interface Run {
  /** How many tokens are left. */
  readonly maxTokens: number;
  readonly reply: Reply;
  readonly signal: AbortSignal;
}

export interface RemoteParts<T extends EngineTokenizer> {
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: T;
  readonly endpoints: Endpoints;
  readonly patience: Patience;
  /** 0: what the servers have. */
  readonly context: number;
  /** Hears of every failed try. */
  readonly onTrouble: (error: WisecrackError) => void;
  /** Aborted when it closes. */
  readonly closing: AbortController;
}

/** Servers that run the model already, behind the `Engine` interface. Open it with `openRemote`. */
export class RemoteEngine<T extends EngineTokenizer = EngineTokenizer> implements Engine {
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: T;
  readonly context: number;
  readonly #parts: RemoteParts<T>;
  #promptTokens = 0;
  #replyTokens = 0;
  #waiting = 0;

  constructor(parts: RemoteParts<T>) {
    this.name = parts.name;
    this.config = parts.config;
    this.tokenizer = parts.tokenizer;
    this.#parts = parts;
    this.context = contextOf(parts);
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<Piece, void> {
    const { prompt, resume = [] } = request;
    const { closing } = this.#parts;
    if (closing.signal.aborted) throw new WisecrackError('WISECRACK_ENGINE_CLOSED');
    const room = this.#room(prompt.length + resume.length);
    const maxTokens = Math.min(request.maxTokens - resume.length, room);
    const reply = new Reply(this.tokenizer, request.stop, resume);
    if (reply.stopped) return yield reply.end('stop');
    if (maxTokens <= 0) return yield reply.end('length');

    const { controller, letGo } = follow([signal, closing.signal]);
    try {
      yield* this.#tries(request, { maxTokens, reply, signal: controller.signal });
    } catch (error) {
      // Whoever wanted the reply may have gone, and that is no fault of a server.
      if (signal?.aborted) yield reply.end('cancelled');
      else throw closing.signal.aborted ? new WisecrackError('WISECRACK_ENGINE_CLOSED') : error;
    } finally {
      letGo();
    }
  }

  stats(): EngineStats {
    const { list } = this.#parts.endpoints;
    const running = list.reduce((sum, one) => sum + one.running, 0);
    return {
      ...{ waiting: this.#waiting, running, batch: running },
      ...{ promptTokens: this.#promptTokens, replyTokens: this.#replyTokens },
      // The servers know the rest, and their own metrics show it.
      ...{
        steps: 0,
        stepMs: 0,
        forwardMs: 0,
        longestIdle: 0,
        preempted: 0,
        prefixHits: 0,
        prefixMisses: 0,
        threads: 0,
        shards: 0,
      },
      ...{ kvBlocks: 0, kvBlocksUsed: 0, kvBlocksCached: 0 },
      ...{ weightBytes: 0, kvBytes: 0, deviceBytes: 0, deviceBytesUsed: 0 },
    };
  }

  /** Ends all replies with WISECRACK_ENGINE_CLOSED, and their connections with them. */
  async close(): Promise<void> {
    this.#parts.closing.abort();
  }

  /** Tries again, on another server where there is one, until the first token has come; never after it. */
  async *#tries(request: GenerateRequest, run: Run): AsyncGenerator<Piece, void> {
    const { endpoints } = this.#parts;
    let failed: Endpoint | undefined;
    for (let tries = endpoints.list.length + MORE_TRIES; ; tries--) {
      const endpoint = await this.#take(run.signal, failed);
      let begun = false;
      try {
        for await (const piece of this.#ask(endpoint, request, run)) {
          begun = true;
          yield piece;
          if (piece.finish) return;
        }
      } catch (error) {
        if (!run.signal.aborted) this.#blame(endpoint, error);
        if (run.signal.aborted || begun || tries <= 1 || isRequestsFault(error)) throw error;
        failed = endpoint;
      } finally {
        endpoints.give(endpoint);
      }
    }
  }

  async #take(signal: AbortSignal, failed: Endpoint | undefined): Promise<Endpoint> {
    this.#waiting++;
    try {
      return await this.#parts.endpoints.take(signal, failed);
    } finally {
      this.#waiting--;
    }
  }

  async *#ask(endpoint: Endpoint, request: GenerateRequest, run: Run): AsyncGenerator<Piece, void> {
    const { tokenizer, patience } = this.#parts;
    const { maxTokens, reply, signal } = run;
    // take() gives out only those that were looked at.
    if (!endpoint.server) throw new Error(`${endpoint.url} is unknown`);
    const body = bodyFor(endpoint.server, request, { tokenizer, maxTokens });
    const reading = new Reading(tokenizer, reply, request);
    let first = true;
    for await (const chunk of complete(endpoint, body, patience, signal)) {
      const piece = read(reading, chunk, endpoint);
      if (first) this.#promptTokens += request.prompt.length + (request.resume?.length ?? 0);
      first = false;
      this.#replyTokens += piece.tokens.length;
      endpoint.well();
      yield piece;
    }
  }

  #blame(endpoint: Endpoint, error: unknown): void {
    if (!(error instanceof WisecrackError) || isRequestsFault(error)) return;
    const isMisfit = error.code === 'WISECRACK_REMOTE_DENIED' || error.code === 'WISECRACK_REMOTE_INVALID';
    if (isMisfit) endpoint.useless(error);
    else endpoint.ill(error, performance.now());
    this.#parts.onTrouble(error);
  }

  #room(tokens: number): number {
    if (tokens < this.context) return this.context - tokens;
    const reason = `its ${tokens} tokens leave no room in the window of ${this.context}`;
    throw new WisecrackError('WISECRACK_REQUEST_INVALID', { reason });
  }
}

function read(reading: Reading, chunk: Parameters<Reading['take']>[0], { url }: Endpoint): Piece {
  try {
    return reading.take(chunk);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WisecrackError('WISECRACK_REMOTE_FAILED', { url, reason }, { cause: error });
  }
}

/** Another server would not like it better. */
function isRequestsFault(error: unknown): boolean {
  return error instanceof WisecrackError && error.code === 'WISECRACK_REQUEST_INVALID';
}

/** What fits all servers. Whoever says how much there is has thought of their tokens. */
function contextOf({ endpoints, config, context }: RemoteParts<EngineTokenizer>): number {
  const servers = endpoints.list.flatMap(({ server }) => server ?? []);
  const share = ({ ids }: Server) => (ids || context > 0 ? 1 : FOREIGN_SHARE);
  const rooms = servers.map((server) => Math.floor((server.context ?? config.sequenceLen) * share(server)));
  return Math.min(...rooms, ...(context > 0 ? [context] : []));
}
