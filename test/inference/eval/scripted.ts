import type { Engine, GenerateRequest } from '../../../inference/engine/index.ts';
import { byteTokenizer as tokenizer } from '../context/fake-tokenizer.ts';

/** An engine that says what a test wants, whatever it reads; a line break is drawn behind it, as a model draws one before it stops. */
export function scriptedEngine(says: (call: number, request: GenerateRequest) => string, context = 8192): Engine {
  let calls = 0;
  return {
    ...{ name: 'scripted', tokenizer, context },
    async *generate(request: GenerateRequest) {
      const text = request.priority === 'low' ? ' They talk.' : says(calls++, request);
      yield { text, tokens: tokenizer.encodePlain(`${text}\n`), finish: 'stop' as const };
    },
    stats: () => ({ prefixHits: 0, prefixMisses: 0 }),
    close: async () => {},
  } as unknown as Engine;
}
