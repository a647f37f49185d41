import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../../../inference/engine/native/open.ts';
import type { ModelRequests } from '../../../inference/engine/native/requests.ts';
import { openRemote } from '../../../inference/engine/remote/open.ts';
import { openTokenizer } from '../../../inference/engine/tokenizer/index.ts';
import { packageRoot } from '../../../root.ts';
import { type FakeCompletions, modelled, startFakeCompletions } from '../../fakes/completions/index.ts';
import { type FakeDiscord, startFakeDiscord } from '../../fakes/discord/index.ts';
import { Stage } from './fixtures/stage.ts';

const canThink = existsSync(`${packageRoot()}/build/native/wisecrack.node`);
const folder = `${packageRoot()}/inference/pocket/model`;
const OPTIONS = { activations: 'bf16', threads: 1, maxSequences: 4, context: 0 } as const;
const COOLNESS = 0.5;

describe.skipIf(!canThink)(
  `a bot whose engine is remote${canThink ? '' : ' (SKIPPED: the engine is not built)'}`,
  () => {
    let requests: ModelRequests;
    let servers: FakeCompletions[];
    let discord: FakeDiscord;
    let stage: Stage;

    beforeEach(async () => {
      const tokenizer = await openTokenizer(`${folder}/tokenizer.model`);
      requests = await openModel({ folder, ...OPTIONS });
      const source = modelled(requests, { coolness: COOLNESS });
      const options = { source, tokenizer, context: requests.config.sequenceLen, key: 'sesame' };
      servers = await Promise.all(
        (['vllm', 'llama.cpp'] as const).map((kind) => startFakeCompletions({ kind, ...options })),
      );
      discord = await startFakeDiscord({ interactionMs: 60_000 });
      stage = await Stage.open();
      await stage.think(
        await openRemote({ folder, urls: servers.map(({ url }) => url), keys: ['sesame'], context: 0 }),
      );
      await stage.connect({ name: 'discord', token: discord.token, url: discord.url });
    });
    afterEach(async () => {
      await stage.close();
      await discord.close();
      await Promise.all(servers.map((server) => server.close()));
      await requests.close();
    });

    it('answers each question once and whole, though its servers break off again and again', async () => {
      const home = discord.addGuild({ name: 'Home' });
      const ann = discord.addUser({ name: 'Ann', locale: 'en-US' });
      const asked = ['What is the meaning of life?', 'Why is the sky blue?', 'What is a volcano?'];
      for (const server of servers) {
        server.faults.next({ status: 429, headers: { 'retry-after': '0.1' } });
        server.faults.next({ after: 5, does: 'cut' });
      }
      for (const [at, text] of asked.entries()) {
        const channel = home.addChannel(`channel-${at}`);
        ann.says(channel, text, { mentions: [discord.bot] });
        const answer = await channel.sees(/\[Retry\].*\[👍\] \[👎\]$/);
        expect(channel.shows().filter((line) => !line.startsWith('Ann'))).toHaveLength(1);
        const turns = await stage.queue.conversations.read(`discord:${channel.id}`);
        expect(turns.map(({ persona, role }) => persona ?? role)).toEqual(['user', 'guide']);
        // What is remembered is what is shown; a reply that was taken up again has no seam.
        expect(answer.content).toBe(turns[1]?.text.trim());
        expect(answer.content).not.toMatch(/^(Ann|Guide):/m);
      }
      const [vllm, llama] = servers;
      // Somebody was broken off, and what was there was sent along with the next try.
      const prompts = servers.flatMap(({ log }) => log.list.map(({ prompt }) => String(prompt)));
      expect(prompts.some((one) => prompts.some((other) => one.startsWith(`${other},`)))).toBe(true);
      expect((vllm?.log.total ?? 0) > 0 && (llama?.log.total ?? 0) > 0).toBe(true);
    });
  },
);
