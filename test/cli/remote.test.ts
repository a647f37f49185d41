import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../../inference/engine/native/open.ts';
import type { ModelRequests } from '../../inference/engine/native/requests.ts';
import { openTokenizer } from '../../inference/engine/tokenizer/index.ts';
import { type FakeCompletions, modelled, startFakeCompletions } from '../fakes/completions/index.ts';
import { Home, model } from './fixtures/command.ts';

const OPTIONS = { activations: 'bf16', threads: 1, maxSequences: 4, context: 0 } as const;
const KEY = 'sk-hunter2';

describe.skipIf(!model)('with servers that run the model', () => {
  const folder = model ?? '';
  let home: Home;
  let requests: ModelRequests;
  let server: FakeCompletions;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    const builder = new Home();
    expect(await builder.run(['build'])).toMatchObject({ code: 0 });
    await builder.close();
  }, 300_000);
  beforeEach(async () => {
    home = new Home();
    requests = await openModel({ folder, ...OPTIONS });
    const tokenizer = await openTokenizer(`${folder}/tokenizer.model`);
    const source = modelled(requests, { coolness: 0.5 });
    server = await startFakeCompletions({
      kind: 'sglang',
      source,
      tokenizer,
      context: 1024,
      key: KEY,
      model: 'grok-1',
    });
    env = { WISECRACK_ENGINE: 'remote', WISECRACK_REMOTE_URLS: `${server.url}/v1`, WISECRACK_REMOTE_KEYS: KEY };
  });
  afterEach(async () => {
    await home.close();
    await server.close();
    await requests.close();
  });

  it('ask gets its answer from them, and the key is nowhere to be read', async () => {
    server.faults.next({ status: 500, body: `{"error":{"message":"Bearer ${KEY} is not to blame"}}` });
    const { code, stdout, stderr } = await home.run(['ask', '--json', 'What is a volcano?'], { env });
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ model: 'grok-1 (sglang)', reply: expect.stringMatching(/\S/) });
    expect(server.log.total).toBe(2);
    expect(server.log.list[1]?.prompt).toHaveLength(answer.promptTokens);
    const log = readFileSync(`${home.folder}/wisecrack.log`, 'utf8');
    expect(log).toContain('is not to blame');
    expect(stdout + stderr + log).not.toContain('hunter2');
  });

  it('persona eval plays its chat with them, with the same figures each time', async () => {
    const args = ['persona', 'eval', 'guide', '--engine', 'remote', '--turns', '12', '--json'];
    const play = async () => {
      const { stdout } = await home.run(args, { env: { ...env, WISECRACK_ENGINE: 'native' } });
      return JSON.parse(stdout);
    };
    const { figures, ...about } = await play();
    expect(about).toEqual({ persona: 'guide', model: 'grok-1 (sglang)', context: 1024, turns: 12 });
    const value = (name: string) => figures.find((each: { name: string }) => each.name === name)?.value;
    expect(value('impersonations')).toBe(0);
    expect(value('budget overruns')).toBe(0);
    expect(value('prompt from the cache')).toBeGreaterThan(0.5);
    // Each question was a completion of theirs, in the window that is measured.
    expect(server.log.total).toBeGreaterThanOrEqual(6);
    const prompts = server.log.list.map(({ prompt }) => (prompt as number[]).length);
    expect(prompts.reduce((sum, length) => sum + length, 0) / prompts.length).toBeCloseTo(value('prompt'), 0);
    const again = (await play()).figures.filter(({ name }: { name: string }) => name !== 'speed');
    expect(again).toEqual(figures.filter(({ name }: { name: string }) => name !== 'speed'));
  });

  it('doctor looks at each of them', async () => {
    const check = async (more: NodeJS.ProcessEnv = {}) => {
      const { code, stdout } = await home.run(['doctor', '--json'], { env: { ...env, ...more } });
      expect(stdout).not.toContain('hunter2');
      const findings = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      return { code, servers: findings.filter(({ check }) => check === 'server') };
    };
    expect(await check()).toMatchObject({
      ...{
        code: 0,
        servers: [{ status: 'ok', found: expect.stringContaining('sglang with grok-1, a window of 1024') }],
      },
    });
    const both = { WISECRACK_REMOTE_URLS: `${server.url},http://127.0.0.1:1` };
    expect(await check(both)).toMatchObject({ code: 0, servers: [{ status: 'ok' }, { status: 'warn' }] });
    const denied = await check({ WISECRACK_REMOTE_KEYS: 'hunter22' });
    expect(denied).toMatchObject({
      code: 1,
      servers: [{ status: 'fail', mend: expect.stringContaining('REMOTE_KEYS') }],
    });
  });

  it('says what to do when none answers', async () => {
    const { code, stderr } = await home.run(['ask', 'x'], {
      env: { ...env, WISECRACK_REMOTE_URLS: 'http://127.0.0.1:1' },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /No inference server can be reached: http:\/\/127\.0\.0\.1:1.*ECONNREFUSED[\s\S]*WISECRACK_REMOTE_URLS/,
    );
  });
});
