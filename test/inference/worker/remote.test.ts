import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, type NativeEngine, openNative, openTokenizer } from '../../../inference/engine/index.ts';
import { openModel } from '../../../inference/engine/native/open.ts';
import type { ModelRequests } from '../../../inference/engine/native/requests.ts';
import { KINDS } from '../../../inference/engine/remote/kind.ts';
import { openRemote } from '../../../inference/engine/remote/open.ts';
import { packageRoot } from '../../../root.ts';
import { type FakeCompletions, modelled, startFakeCompletions } from '../../fakes/completions/index.ts';
import { ask, personaFor, questions } from './asking.ts';

const built = existsSync(`${packageRoot()}/build/native/wisecrack.node`);
const folder = `${packageRoot()}/inference/pocket/model`;
const OPTIONS = { activations: 'bf16', threads: 1, maxSequences: 4, context: 0 } as const;
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
      const persona = personaFor(text);
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
