import type { EngineTokenizer } from '../native/engine.ts';
import { Endpoint } from './endpoint.ts';
import { examine } from './examine.ts';
import type { Kind, Server } from './kind.ts';

const CONNECT_MS = 5000;

/** Looks at one server without using it. @throws WisecrackError WISECRACK_REMOTE_* */
export function lookAtRemote(options: {
  url: string;
  key?: string | undefined;
  model?: string | undefined;
  kind?: Kind | undefined;
  tokenizer: EngineTokenizer;
}): Promise<Server> {
  const { url, key, model, kind, tokenizer } = options;
  const wanted = { kind, model, tokenizer, connectMs: CONNECT_MS, signal: new AbortController().signal };
  return examine(new Endpoint(url, key), wanted);
}
