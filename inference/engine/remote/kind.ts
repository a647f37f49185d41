/** Programs that serve OpenAI's completions; `openai` is any other. Each takes more than the API has, and each something else (body.ts). */
export const KINDS = ['vllm', 'sglang', 'llama.cpp', 'openai'] as const;
export type Kind = (typeof KINDS)[number];

/** What is known about the server behind an endpoint. */
export interface Server {
  readonly kind: Kind;
  /** The name under which it serves the model. */
  readonly model: string;
  /** Positions of one request; undefined where it does not say. */
  readonly context: number | undefined;
  /** Whether its tokens are ours, so that prompts can be sent and replies be read as token ids. */
  readonly ids: boolean;
}
