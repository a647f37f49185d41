import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { type Budgets, budgetsFor, renderStatic, type WindowPersona } from '../../inference/context/index.ts';
import { openTokenizer, type Tokenizer } from '../../inference/engine/index.ts';
import type { Config } from '../config.ts';

/** What counts tokens: a model's tokenizer and context, without its weights. */
export interface Meter {
  readonly model: string;
  readonly tokenizer: Tokenizer;
  readonly context: number;
}

/** @throws WisecrackError WISECRACK_MODEL_NOT_FOUND */
export async function openMeter({ model: folder, context }: Config): Promise<Meter> {
  const [config, tokenizer] = ['config.json', 'tokenizer.model'].map((file) => join(folder, file)) as [string, string];
  if (!existsSync(tokenizer)) throw new WisecrackError('WISECRACK_MODEL_NOT_FOUND', { folder, reason: 'no tokenizer' });
  return {
    model: folder,
    tokenizer: await openTokenizer(tokenizer),
    context: context || contextOf(config, folder),
  };
}

function contextOf(file: string, folder: string): number {
  try {
    const { sequence_len: length } = JSON.parse(readFileSync(file, 'utf8'));
    if (Number.isInteger(length)) return length;
    throw new Error('config.json has no sequence_len');
  } catch (error) {
    throw new WisecrackError('WISECRACK_MODEL_NOT_FOUND', { folder, reason: reasonOf(error) }, { cause: error });
  }
}

/** What the static part of a persona is made of, in tokens. */
export interface StaticParts {
  readonly budgets: Budgets;
  /** All that is not examples. */
  readonly head: number;
  readonly examples: { readonly fit: number; readonly tokens: number };
}

export function partsOf(persona: WindowPersona, { tokenizer, context }: Meter): StaticParts {
  const budgets = budgetsFor(context, persona.replyTokens);
  // With all the room there is: what does not fit is counted, too.
  const bare = renderStatic({ ...persona, examples: [] }, tokenizer, Number.MAX_SAFE_INTEGER);
  const head = bare.tokens.length;
  if (head > budgets.static) return { budgets, head, examples: { fit: 0, tokens: 0 } };
  const { tokens, examples: fit } = renderStatic(persona, tokenizer, budgets.static);
  return { budgets, head, examples: { fit, tokens: tokens.length - head } };
}
