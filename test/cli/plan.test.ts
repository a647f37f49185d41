import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Home, model } from './fixtures/command.ts';

const home = new Home();
beforeAll(async () => {
  expect(await home.run(['build'])).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => home.close());

describe('plan', () => {
  it('says what fits on cards, how fast, and on whose word', async () => {
    const { code, stdout } = await home.run(['plan', '--gpus', '8xH200']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^weights +588\.0 GiB \(631 GB\), 73\.5 GiB on each of 8$/m);
    expect(stdout).toMatch(/^fits +255 chats of 8,192 tokens$/m);
    expect(stdout).toMatch(/^ +64 +8\.00 /m);
    expect(stdout).toContain('gpt-fast');
    expect(stdout).toMatch(/7 GB\/s +90 s/);
  });

  it('says what would fit instead', async () => {
    const { code, stdout } = await home.run(['plan', '--gpus', '8 x h100', '--chats', '40']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fits +11 to 16 chats of 8,192 tokens$/m);
    for (const way of ['--chats 11', '--context 2304', '--dtype int8', '8 x H200', 'WISECRACK_ENGINE=remote'])
      expect(stdout).toContain(way);
    expect((await home.run(['plan', '--gpus', '8xH100', '--chats', '40', '--dtype', 'int8'])).code).toBe(0);
  });

  it('says what it comes to when experts stay in the memory of the host', async () => {
    const { code, stdout } = await home.run(['plan', '--gpus', '1xH100', '--dtype', 'int8']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/with --device cuda: the experts of 50 layers, 242 GB, stay/);
    expect(stdout).toMatch(/cross to the card, 60.4 GB a token: 0.90 tokens\/s of one chat at best/);
  });

  it('compares all cards when none is named', async () => {
    const { code, stdout } = await home.run(['plan']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^8 x H200 +bf16 .* 255 .*yes$/m);
    expect(stdout).toMatch(/^8 x RTX-4090 +int8 .*no$/m);
  });

  it.each([
    [['--gpus', '8xH300'], 'Did you mean 8xH200?'],
    [['--gpus', 'a lot'], 'There are: A100-80, H100-80'],
    [['--gpus', '0xH200'], 'WISECRACK_CARD_UNKNOWN'],
    [['--gpus', '8xH200', '--this-machine'], 'cannot be used with'],
    [['--context', '9000'], 'from 256 to 8192'],
    [['--chats', '0'], 'from 1 to'],
  ])('refuses %j', async (args, hint) => {
    const { code, stderr } = await home.run(['plan', ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(hint);
  });

  it.skipIf(!model)('measures this machine', async () => {
    const { stdout } = await home.run(['plan', '--this-machine', '--json']);
    const { machine, weights, loading } = JSON.parse(stdout);
    expect(machine.bandwidth).toBeGreaterThan(1e8);
    expect(machine.flops).toBeGreaterThan(1e8);
    expect(machine.memory[0]).toBeGreaterThanOrEqual(0);
    for (const { seconds } of loading) expect(seconds).toBeGreaterThan(weights / 1e12);
  });
});
