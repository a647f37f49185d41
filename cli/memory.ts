import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GROK_1, type ModelConfig, readShape } from '../inference/engine/index.ts';
import { kvBytes } from '../inference/plan/index.ts';
import { bytesText } from './bytes.ts';
import type { Config } from './config.ts';

/** Where the memory of a worker goes, in bytes. */
export interface Memory {
  /** Mapped from their files: the system can take them back, and then reads them again. */
  readonly weights: number;
  /** Of all replies in the making and of the prefix cache: taken once, when the model is opened. */
  readonly keysAndValues: number;
  /** What that holds. */
  readonly tokens: number;
  /** Devices that share it all. */
  readonly shards: number;
}

type Sizes = Pick<Config, 'sequences' | 'context' | 'kvMib' | 'activations' | 'shards'>;

/** What a model will take. @param weights - bytes of its files */
export function memoryOf(
  { sequences, context, kvMib, activations, shards }: Sizes,
  shape: ModelConfig,
  weights: number,
): Memory {
  const token = kvBytes(shape) * (activations === 'f32' ? 2 : 1);
  const keysAndValues = kvMib > 0 ? kvMib * 2 ** 20 : sequences * (context || shape.sequenceLen) * token;
  return { weights, keysAndValues, tokens: Math.floor(keysAndValues / token), shards };
}

/** The shape of the model in a folder; xAI's checkpoint as it was released has no config.json. */
export async function shapeIn(folder: string): Promise<ModelConfig> {
  return existsSync(join(folder, 'config.json')) ? readShape(folder) : GROK_1;
}

/** In one line, for people. */
export function memoryText({ weights, keysAndValues, tokens, shards }: Memory): string {
  const all = `${bytesText(weights)} of weights, ${bytesText(keysAndValues)} of keys and values for ${tokens} tokens`;
  return shards === 1 ? all : `${all}, in ${shards} shards of ${bytesText((weights + keysAndValues) / shards)}`;
}
