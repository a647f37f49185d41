import type { Tokenizer } from '../../../inference/engine/engine.ts';
import type { Kind } from '../../../inference/engine/remote/kind.ts';

export interface About {
  readonly kind: Kind;
  readonly model: string;
  readonly context: number;
  readonly tokenizer: Tokenizer;
  /** Whether /v1/models says who serves; older versions and proxies do not. */
  readonly saysWho: boolean;
}

const OWNERS = { vllm: 'vllm', sglang: 'sglang', 'llama.cpp': 'llamacpp', openai: 'somebody' } as const;

/** What a server of a kind tells about itself; undefined where it has no such page. */
export function page(path: string, body: unknown, about: About): object | string | undefined {
  const { kind, model, context, tokenizer, saysWho } = about;
  const limit = kind === 'vllm' || kind === 'sglang' ? { max_model_len: context } : {};
  switch (path) {
    case '/v1/models':
      return {
        object: 'list',
        data: [{ id: model, object: 'model', ...(saysWho && { owned_by: OWNERS[kind] }), ...limit }],
      };
    case '/health':
      return kind === 'openai' ? undefined : kind === 'llama.cpp' ? { status: 'ok' } : '';
    case '/version':
      return kind === 'vllm' ? { version: '0.11.0' } : undefined;
    case '/get_model_info':
      return kind === 'sglang' ? { model_path: `/models/${model}`, is_generation: true } : undefined;
    case '/props':
      return kind === 'llama.cpp' ? { total_slots: 4, default_generation_settings: { n_ctx: context } } : undefined;
    case '/detokenize': {
      const { tokens = [] } = body as { tokens?: number[] };
      if (kind === 'openai' || tokens.some((token) => token >= tokenizer.vocabSize)) return undefined;
      const text = Buffer.concat(tokens.map((token) => tokenizer.bytes(token))).toString();
      return kind === 'vllm' ? { prompt: text } : kind === 'sglang' ? { text } : { content: text };
    }
    default:
      return undefined;
  }
}
