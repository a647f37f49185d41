import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Engine,
  lookAtRemote,
  type NativeEngine,
  openNative,
  openRemote,
  openTokenizer,
  type Piece,
} from '../../../inference/engine/index.ts';
import { packageRoot } from '../../../root.ts';
import { type LlamaServer, PROGRAM, startLlama } from '../../llama/server.ts';
import { until } from '../../queue/fixtures/messages.ts';
import { GREEDY } from '../engine/fakes.ts';
import { ask, personaFor, questions } from './asking.ts';

const ready = PROGRAM !== undefined && existsSync(`${packageRoot()}/build/native/wisecrack.node`);
const folder = `${packageRoot()}/inference/pocket/model`;
const CONTEXT = 1024;
const KEY = 'open sesame';
const tokenizer = await openTokenizer(`${folder}/tokenizer.model`);

const request = (more: object = {}) => ({
  ...{ prompt: tokenizer.encodePlain('Ann: Why is the sky blue?\nGuide:'), maxTokens: 200 },
  ...{ sampling: GREEDY, stop: ['\nAnn:'], penaltyStart: 0, ...more },
});

async function all(pieces: AsyncIterable<Piece>): Promise<{ text: string; tokens: number[]; pieces: Piece[] }> {
  const list: Piece[] = [];
  for await (const piece of pieces) list.push(piece);
  const text = list.map((piece) => piece.text).join('');
  return { text, tokens: list.flatMap(({ tokens }) => tokens), pieces: list };
}

describe.skipIf(!ready)(
  `llama.cpp's own server with the pocket model${ready ? '' : ' (SKIPPED: WISECRACK_LLAMA_SERVER or the engine is not there)'}`,
  () => {
    let server: LlamaServer;
    let native: NativeEngine;
    let engine: Engine;
    let asText: Engine;

    beforeAll(async () => {
      server = await startLlama(folder, CONTEXT, KEY);
      native = await openNative({ folder, activations: 'f32', threads: 1, maxSequences: 4, context: CONTEXT });
      const options = { folder, urls: [`${server.url}/v1`], keys: [KEY], context: 0, healthMs: 100 };
      engine = await openRemote(options);
      asText = await openRemote({ ...options, kind: 'openai', context: CONTEXT });
    }, 180_000);
    afterAll(async () => {
      await Promise.all([engine?.close(), asText?.close(), native?.close()]);
      await server?.kill();
    });

    it('is known for what it is, its window and its tokens', async () => {
      const found = await lookAtRemote({ url: server.url, key: KEY, tokenizer });
      expect(found).toEqual({ kind: 'llama.cpp', model: 'pocket', context: CONTEXT, ids: true });
      expect(engine.context).toBe(CONTEXT);
    });

    it('says word for word what the native engine says in float32', async () => {
      for (const text of questions) {
        const persona = personaFor(text);
        const { reply: ours } = await ask(native, text, { persona });
        const { reply: theirs, published } = await ask(engine, text, { persona });
        expect(theirs.text).toBe(ours.text);
        expect(theirs.finish).toBe(ours.finish);
        expect(theirs.figures?.promptTokens).toBe(ours.figures?.promptTokens);
        expect(published.map((one) => one.text).join('')).toBe(theirs.text);
        expect(published.length).toBeGreaterThan(4);
      }
    });

    it('goes on behind what a dead worker has published', async () => {
      const [question = ''] = questions;
      const { published, reply } = await ask(engine, question);
      for (const at of [1, 3, published.length - 2]) {
        const rest = await ask(engine, question, { resume: published.slice(0, at) });
        expect(rest.reply.text).toBe(reply.text);
      }
    });

    it('answers in the persona’s frame where it only takes text', async () => {
      for (const text of questions) {
        const { reply } = await ask(asText, text, { persona: personaFor(text) });
        expect(reply.text).toMatch(/\S/);
        expect(reply.text).not.toMatch(/^(Ann|Guide):/m);
      }
    });

    it('counts tokens as we do, and ends at the length that was asked for', async () => {
      const { pieces, tokens, text } = await all(engine.generate(request({ maxTokens: 12, stop: [] })));
      expect(pieces.at(-1)?.finish).toBe('length');
      expect(tokenizer.text(tokens)).toBe(text);
      expect(tokens).toHaveLength(12);
    });

    it('ends before a stop string and gives its place back', async () => {
      const whole = await all(engine.generate(request({ stop: [] })));
      const stop = whole.text.slice(20, 26);
      const { text, pieces } = await all(engine.generate(request({ stop: [stop] })));
      expect(text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
      expect(pieces.at(-1)?.finish).toBe('stop');
      await until(async () => (await server.busy()) === 0, 5000);
    });

    it('never draws what is banned', async () => {
      const whole = await all(engine.generate(request()));
      const word = / (\p{L}{4,})/u.exec(whole.text)?.[1] ?? '';
      const { text } = await all(engine.generate(request({ bannedPhrases: [word] })));
      expect(text.toLowerCase()).not.toContain(word.toLowerCase());
      for (const token of whole.tokens) expect(tokenizer.special).not.toContain(token);
    });

    it('stops when nobody wants the rest', async () => {
      const leaving = new AbortController();
      const pieces: Piece[] = [];
      for await (const piece of engine.generate(request({ maxTokens: 900, stop: [] }), leaving.signal)) {
        pieces.push(piece);
        if (pieces.length === 3) leaving.abort();
      }
      expect(pieces.at(-1)?.finish).toBe('cancelled');
      await until(async () => (await server.busy()) === 0, 5000);
    });

    it('runs several replies at once, each as if it were alone', async () => {
      const prompts = questions.map((text) => tokenizer.encodePlain(`Ann: ${text}\nGuide:`));
      const run = (prompt: number[]) => all(engine.generate(request({ prompt, maxTokens: 40 })));
      const alone: string[] = [];
      for (const prompt of prompts) alone.push((await run(prompt)).text);
      expect((await Promise.all(prompts.map(run))).map(({ text }) => text)).toEqual(alone);
    });

    it('refuses a wrong key, a model that it has not, and a prompt that is too long', async () => {
      const options = { folder, urls: [server.url], context: 0 };
      await expect(openRemote({ ...options, keys: ['wrong'] })).rejects.toMatchObject({
        code: 'WISECRACK_REMOTE_DENIED',
      });
      await expect(openRemote({ ...options, keys: [KEY], model: 'grok-2' })).rejects.toMatchObject({
        code: 'WISECRACK_REMOTE_INVALID',
      });
      const large = await openRemote({ ...options, keys: [KEY], context: 0 });
      const prompt = Array.from({ length: CONTEXT + 100 }, () => 100);
      await expect(all(large.generate(request({ prompt })))).rejects.toMatchObject({
        code: 'WISECRACK_REQUEST_INVALID',
      });
      await large.close();
    });

    it('is missed when it is gone, in the middle of a reply too', async () => {
      const other = await startLlama(folder, CONTEXT);
      const lonely = await openRemote({ folder, urls: [other.url], context: 0, healthMs: 100 });
      const generating = (async () => {
        for await (const _ of lonely.generate(request({ maxTokens: 900, stop: [] }))) await other.kill();
      })();
      await expect(generating).rejects.toMatchObject({ code: 'WISECRACK_REMOTE_FAILED' });
      await expect(all(lonely.generate(request()))).rejects.toMatchObject({ code: 'WISECRACK_REMOTE_UNREACHABLE' });
      await lonely.close();
    });
  },
);
