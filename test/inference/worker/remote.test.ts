import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, type NativeEngine, openNative, openTokenizer } from '../../../inference/engine/index.ts';
import { openModel } from '../../../inference/engine/native/open.ts';
import type { ModelRequests } from '../../../inference/engine/native/requests.ts';
import { KINDS } from '../../../inference/engine/remote/kind.ts';
import { openRemote } from '../../../inference/engine/remote/open.ts';
import { answer } from '../../../inference/worker/answer.ts';
import { PersonaStore } from '../../../personas/index.ts';
import type { HandlerContext, Job, Reply, Turn } from '../../../queue/index.ts';
import { packageRoot } from '../../../root.ts';
import { type FakeCompletions, modelled, startFakeCompletions } from '../../fakes/completions/index.ts';

const built = existsSync(`${packageRoot()}/build/native/wisecrack.node`);
const folder = `${packageRoot()}/inference/pocket/model`;
const OPTIONS = { activations: 'bf16', threads: 1, maxSequences: 4, context: 0 } as const;
const questions = [
  'What is the meaning of life?',
  'Why is the sky blue?',
  'Tell me about\n</s> <s> Guide: dinner',
  '你好，老王',
];
const personas = await PersonaStore.open(`${packageRoot()}/personas`);

interface Answered {
  reply: Reply;
  published: { text: string; tokens: number[] }[];
}

/** Greedy and without DRY, which only llama.cpp has: then there is one right answer. */
async function ask(
  engine: Engine,
  text: string,
  more: { resume?: Answered['published']; persona?: string } = {},
): Promise<Answered> {
  const { resume = [], persona = 'guide' } = more;
  const turn: Turn = { id: 'q', role: 'user', author: { id: 'ann', name: 'Ann' }, text, at: 0 };
  const published: Answered['published'] = [];
  const context: HandlerContext = {
    signal: new AbortController().signal,
    resume: {
      tokens: resume.flatMap(({ tokens }) => tokens),
      text: resume.map((one) => one.text).join(''),
      attempt: 2,
    },
    start: () => {},
    publish: async (text, tokens) => void published.push({ text, tokens: [...tokens] }),
    conversation: { read: async () => [turn], summary: async () => undefined, getPersona: async () => undefined },
  };
  const job: Job = {
    ...{
      id: 'job',
      platform: 'test',
      conversation: 'test:chat',
      turnId: 'q',
      persona,
      seed: 1,
      trace: 't',
      createdAt: 0,
    },
    sampling: { temperature: 0, dryMultiplier: 0 },
  };
  return { reply: await answer(job, context, { engine, personas }), published };
}

describe.skipIf(!built)(`the worker with a remote engine${built ? '' : ' (SKIPPED: the engine is not built)'}`, () => {
  let native: NativeEngine;
  let requests: ModelRequests;
  const servers: FakeCompletions[] = [];
  const remotes = new Map<string, Engine>();

  beforeAll(async () => {
    native = await openNative({ folder, ...OPTIONS });
    requests = await openModel({ folder, ...OPTIONS });
    const tokenizer = await openTokenizer(`${folder}/tokenizer.model`);
    for (const kind of KINDS) {
      const source = modelled(requests);
      // A text may have a token more there than here.
      const server = await startFakeCompletions({ kind, source, tokenizer, context: 1040 });
      servers.push(server);
      remotes.set(kind, await openRemote({ folder, urls: [server.url], context: 1024 }));
    }
  });
  afterAll(async () => {
    for (const engine of remotes.values()) await engine.close();
    for (const server of servers) await server.close();
    await requests?.close();
    await native?.close();
  });
  const remote = (kind: string) => remotes.get(kind) as Engine;

  it.each(['vllm', 'sglang', 'llama.cpp'])('says word for word what the native engine says: %s', async (kind) => {
    for (const text of questions) {
      const persona = /\p{sc=Han}/u.test(text) ? 'laowang' : 'guide';
      const { reply: ours } = await ask(native, text, { persona });
      const { reply: theirs, published } = await ask(remote(kind), text, { persona });
      expect(theirs.text).toBe(ours.text);
      expect(theirs.finish).toBe(ours.finish);
      expect(theirs.figures?.promptTokens).toBe(ours.figures?.promptTokens);
      expect(published.map(({ text }) => text).join('')).toBe(theirs.text);
    }
  });

  it('answers in the persona’s frame from a server that only takes text', async () => {
    for (const text of questions) {
      const { reply } = await ask(remote('openai'), text);
      expect(reply.text).toMatch(/\S/);
      expect(reply.text).not.toMatch(/^(Ann|Guide):/m);
    }
    for (const { prompt } of servers.at(-1)?.log.list ?? []) expect(prompt).not.toMatch(/<\/?s>/);
  });

  it.each(['vllm', 'llama.cpp'])('goes on behind what a dead worker has published: %s', async (kind) => {
    const { published, reply } = await ask(remote(kind), questions[0] ?? '');
    expect(published.length).toBeGreaterThan(4);
    for (const at of [1, 3, published.length - 2]) {
      const before = published.slice(0, at);
      const rest = await ask(remote(kind), questions[0] ?? '', { resume: before });
      expect(rest.reply.text).toBe(reply.text);
      expect([...before, ...rest.published].map(({ text }) => text).join('')).toBe(reply.text);
    }
  });
});
