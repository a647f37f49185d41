import { onTestFinished } from 'vitest';
import type { GenerateRequest, Piece } from '../../../../inference/engine/engine.ts';
import { openRemote, type RemoteOptions } from '../../../../inference/engine/remote/open.ts';
import { openTokenizer } from '../../../../inference/engine/tokenizer/tokenizer.ts';
import { packageRoot } from '../../../../root.ts';
import {
  type FakeCompletions,
  type FakeOptions,
  scripted,
  startFakeCompletions,
} from '../../../fakes/completions/index.ts';
import { GREEDY } from '../fakes.ts';

export const FOLDER = `${packageRoot()}/inference/pocket/model`;
export const tokenizer = await openTokenizer(`${FOLDER}/tokenizer.model`);

/** What a scripted server says: characters of several tokens among it. */
export const SAYS = ' Ahoy, 你好 🙂, naïve friend. The sea is wide, and so is the queue.';
export const SCRIPT = tokenizer.encodePlain(SAYS);

/** Short, so that a test waits for nothing; long enough for a busy machine where it must not run out. */
export const PATIENCE = { connectMs: 10_000, firstTokenMs: 30_000, betweenTokensMs: 30_000 };

/** A server that is gone when the test is over. */
export async function serve(options: Partial<FakeOptions> = {}): Promise<FakeCompletions> {
  const server = await startFakeCompletions({ kind: 'vllm', source: scripted(SCRIPT), tokenizer, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** An engine on servers, which is closed when the test is over. */
export async function open(servers: readonly { url: string }[], options: Partial<RemoteOptions> = {}) {
  const urls = servers.map(({ url }) => url);
  const engine = await openRemote({ folder: FOLDER, urls, context: 0, patience: PATIENCE, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

export function ask(more: Partial<GenerateRequest> = {}): GenerateRequest {
  const prompt = tokenizer.encodePlain('Ann: hi\nBrine:');
  return { prompt, maxTokens: 64, sampling: GREEDY, stop: ['\nAnn:'], penaltyStart: 0, ...more };
}

export async function all(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const list: Piece[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

export const textOf = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join('');
export const tokensOf = (pieces: readonly Piece[]) => pieces.flatMap(({ tokens }) => tokens);
export const finishOf = (pieces: readonly Piece[]) => pieces.at(-1)?.finish;
