import { z } from 'zod';
import { WisecrackError } from '../../../errors.ts';
import type { EngineTokenizer } from '../native/engine.ts';
import type { Endpoint } from './endpoint.ts';
import { readText, send } from './http.ts';
import type { Kind, Server } from './kind.ts';
import { failure, refusal } from './trouble.ts';

/** How long one answer about a server may take. */
const PATIENCE_MS = 10_000;

const Models = z.object({
  data: z.array(
    z.object({ id: z.string(), owned_by: z.string().nullish(), max_model_len: z.int().positive().nullish() }),
  ),
});
const Props = z.object({ default_generation_settings: z.object({ n_ctx: z.int().positive().nullish() }) });
const ModelInfo = z.object({ model_path: z.string() });
const Version = z.object({ version: z.string() });
/** vLLM calls it prompt, llama.cpp content, SGLang text. */
const Text = z.object({ prompt: z.string().optional(), content: z.string().optional(), text: z.string().optional() });

const OWNERS: Record<string, Kind> = { vllm: 'vllm', sglang: 'sglang', llamacpp: 'llama.cpp' };

export interface Wanted {
  /** What kind of server it is; found out when undefined. */
  readonly kind: Kind | undefined;
  /** The model to use; the first that it serves when undefined. */
  readonly model: string | undefined;
  readonly tokenizer: EngineTokenizer;
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks at a server: what it is, which model it serves, how long a request may be, and whether its tokens are ours.
 * @throws WisecrackError WISECRACK_REMOTE_UNREACHABLE, WISECRACK_REMOTE_DENIED, WISECRACK_REMOTE_INVALID, WISECRACK_REMOTE_BUSY,
 * WISECRACK_REMOTE_FAILED
 */
export async function examine(endpoint: Endpoint, wanted: Wanted): Promise<Server> {
  const { url } = endpoint;
  const models = Models.safeParse(await ask(endpoint, '/v1/models', wanted));
  if (!models.success) throw new WisecrackError('WISECRACK_REMOTE_INVALID', { url, reason: '/v1/models is no list' });
  const { data } = models.data;
  const model = data.find(({ id }) => wanted.model === undefined || id === wanted.model);
  if (!model) {
    const known = data.map(({ id }) => id).join(', ') || 'none';
    const reason = `it serves ${known}${wanted.model ? `, not ${wanted.model}` : ''}`;
    throw new WisecrackError('WISECRACK_REMOTE_INVALID', { url, reason });
  }
  const kind = wanted.kind ?? OWNERS[model.owned_by ?? ''] ?? (await kindOf(endpoint, wanted));
  const props = kind === 'llama.cpp' ? Props.safeParse(await tryToAsk(endpoint, '/props', wanted)).data : undefined;
  const context = model.max_model_len ?? props?.default_generation_settings.n_ctx ?? undefined;
  return { kind, model: model.id, context, ids: kind !== 'openai' && (await hasOurTokens(endpoint, model.id, wanted)) };
}

/** Whether it is well, as it says itself. @throws WisecrackError as `examine` */
export async function checkHealth(endpoint: Endpoint, server: Server, wanted: Wanted): Promise<void> {
  await ask(endpoint, server.kind === 'openai' ? '/v1/models' : '/health', wanted);
}

/** By the pages that only one kind has. */
async function kindOf(endpoint: Endpoint, wanted: Wanted): Promise<Kind> {
  if (ModelInfo.safeParse(await tryToAsk(endpoint, '/get_model_info', wanted)).success) return 'sglang';
  if (Props.safeParse(await tryToAsk(endpoint, '/props', wanted)).success) return 'llama.cpp';
  if (Version.safeParse(await tryToAsk(endpoint, '/version', wanted)).success) return 'vllm';
  return 'openai';
}

/** Lets the server spell out tokens of ours: text in several scripts, and pieces from all over the vocabulary. */
async function hasOurTokens(endpoint: Endpoint, model: string, wanted: Wanted): Promise<boolean> {
  const { tokenizer } = wanted;
  for (const tokens of [tokenizer.encodePlain('Wisecrack, naïve café; 你好 1984 🙂\n  Привет'), spread(tokenizer)]) {
    const text = Buffer.concat(tokens.map((token) => tokenizer.bytes(token))).toString();
    const answer = Text.safeParse(await tryToAsk(endpoint, '/detokenize', wanted, { model, tokens })).data;
    const spelt = answer?.prompt ?? answer?.content ?? answer?.text;
    // A space before a text comes and goes with SentencePiece.
    if (spelt === undefined || spelt.trimStart() !== text.trimStart()) return false;
  }
  return true;
}

function spread(tokenizer: EngineTokenizer): number[] {
  const step = Math.ceil(tokenizer.vocabSize / 400);
  const some = Array.from({ length: Math.floor(tokenizer.vocabSize / step) }, (_, at) => at * step);
  return some.filter((token) => /^ ?\p{L}+$/u.test(Buffer.from(tokenizer.bytes(token)).toString())).slice(0, 100);
}

/** What it answers, undefined when it does not want to. */
async function tryToAsk(endpoint: Endpoint, path: string, wanted: Wanted, body?: object): Promise<unknown> {
  return ask(endpoint, path, wanted, body).catch(() => undefined);
}

async function ask(endpoint: Endpoint, path: string, { connectMs, signal }: Wanted, body?: object): Promise<unknown> {
  const { url, headers, secret } = endpoint;
  let connected = false;
  try {
    const response = await send(endpoint.at(path), {
      method: body ? 'POST' : 'GET',
      ...(body && { body }),
      ...{ headers, connectMs },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    connected = true;
    if (response.statusCode !== 200) throw await refusal(response, url, secret);
    return parsed(await readText(response));
  } catch (error) {
    throw failure(error, url, connected);
  }
}

/** vLLM's /health has no body. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
