// What the scripts of this folder share: the addon, the smallest models, a request with every step switched off.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The built addon; WISECRACK_ADDON names another one. */
export const addon = createRequire(import.meta.url)(
  process.env.WISECRACK_ADDON ?? here('../../build/native/wisecrack.node'),
);
export const modelFolder = (name) => here(`../golden/${name}`);
export const golden = (name) => JSON.parse(readFileSync(`${modelFolder(name)}/golden.json`, 'utf8'));

export const options = { activations: 'f32', threads: 0, maxSequences: 4, context: 0 };
export const none = new Int32Array();
export const greedy = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  dryMultiplier: 0,
  dryBase: 1.75,
  dryAllowedLength: 2,
  seed: 1,
};
export const request = (tokens, maxTokens, more = {}) => ({
  tokens: Int32Array.from(tokens),
  resumed: 0,
  maxTokens,
  sampling: greedy,
  penaltyStart: 0,
  dryBreakers: none,
  stopTokens: none,
  bannedTokens: none,
  bannedFirst: none,
  minTokens: 0,
  ...more,
});

/** Opens a model and collects its events: `run` gives [tokens, finish, message]. */
export async function openModel(name, more = {}) {
  const waiting = new Map();
  const model = await addon.open(modelFolder(name), { ...options, ...more }, (events) => {
    for (const { id, token, finish, message } of events) {
      const reply = waiting.get(id);
      if (token >= 0) reply.tokens.push(token);
      if (finish) reply.done([reply.tokens, finish, message]);
    }
  });
  const start = (r) => {
    const id = model.generate(r);
    const { promise, done } = (() => {
      let resolve;
      const p = new Promise((res) => {
        resolve = res;
      });
      return { promise: p, done: resolve };
    })();
    waiting.set(id, { tokens: [], done });
    return { id, reply: promise };
  };
  return { model, start, run: (r) => start(r).reply };
}
