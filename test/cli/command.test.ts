import { copyFileSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../root.ts';
import { Home, model } from './fixtures/command.ts';

const home = new Home();
const golden = join(packageRoot(), 'test/golden');

beforeAll(async () => {
  expect(await home.run(['build'])).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => home.close());

const lines = (text: string) => text.trimEnd().split('\n');

describe('help', () => {
  it.each(['start', 'ask', 'chat', 'doctor', 'bench', 'verify', 'convert', 'rehearse'])(
    'of %s has examples',
    async (name) => {
      const { code, stdout } = await home.run([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Examples:\n  $ `);
    },
  );

  it.each([
    [['aks', 'x'], 'Did you mean ask?'],
    [['ask', '--sed', '3', 'x'], 'Did you mean --seed?'],
    [['bench', 'quee'], 'Did you mean "queue"?'],
    [['bench', 'engine', '--only', 'decode,speed'], 'There is: decode, prefill'],
    [['bench', 'engine', '--dtype', 'int8'], '--dtype is for shapes'],
    [['ask', '--seed', 'x', 'y'], 'whole number'],
    [['ask'], "missing required argument 'text'"],
    [['start', '--only', 'bot'], 'worker, console, discord, telegram'],
    [['ask', '--device', 'gpu', 'x'], 'auto, cuda, cpu'],
  ])('is offered for %j', async (args, hint) => {
    const { code, stderr } = await home.run(args);
    expect(code).toBe(1);
    expect(stderr).toContain(hint);
  });
});

describe('doctor', () => {
  const secrets = { DISCORD_TOKEN: 'dis-hunter2', TELEGRAM_TOKEN: 'tel-hunter2' };

  it('looks at everything', async () => {
    const { stdout, code } = await home.run(['doctor']);
    for (const check of ['node', 'compiler', 'engine', 'cpu', 'cuda', 'model', 'personas', 'redis eviction']) {
      expect(stdout).toMatch(new RegExp(`^(ok|warn|fail) +${check}`, 'm'));
    }
    expect(stdout).toMatch(/discord +DISCORD_TOKEN is not set/);
    expect(code).toBe(model ? 0 : 1);
  });

  it('fails with a mend for what is wrong, and shows no secret', async () => {
    const env = { ...secrets, WISECRACK_MODEL: '/nowhere', REDIS_URL: 'redis://:hunter2@127.0.0.1:1' };
    const { stdout, stderr, code } = await home.run(['doctor', '--json'], { env });
    const findings = lines(stdout).map((line) => JSON.parse(line));
    const failed = findings.filter(({ status }) => status === 'fail');
    expect(code).toBe(1);
    // Tokens that are none fail too, with or without a network.
    expect([...new Set(failed.map(({ check }) => check))]).toEqual(['model', 'redis', 'discord', 'telegram']);
    for (const { mend } of failed) expect(mend).not.toBe('');
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it.runIf(model)('counts what the model takes, and a worker refuses to start where that is not there', async () => {
    const env = { WISECRACK_KV_MIB: '90000000' };
    const { stdout } = await home.run(['doctor'], { env });
    expect(stdout).toMatch(/^fail +memory .* of weights, .* of keys and values for \d+ tokens; .* are free/m);
    const asked = await home.run(['ask', 'hello'], { env });
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/Out of memory: the model needs .* keys and values .* are free/s);
  });

  it.runIf(model)('says what a shard takes, and that heads do not divide by their number', async () => {
    const { stdout } = await home.run(['doctor'], { env: { WISECRACK_SHARDS: '4' } });
    expect(stdout).toMatch(/^\S+ +memory .* tokens, in 4 shards of \S+ \S+;/m);
    expect(stdout).toMatch(/^\S+ +shards +\d+ heads of keys and values for 4 shards/m);
  });

  it('works where the settings are wrong', async () => {
    const { stdout, code } = await home.run(['doctor'], { env: { WISECRACK_SEQUENCES: 'x', WISECRACK_LOG: 'y' } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/fail +settings .*SEQUENCES[\s\S]*LOG[\s\S]*-> /);
  });
});

describe('bench', () => {
  it('lists what there is', async () => {
    const { stdout, code } = await home.run(['bench']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +queue/m);
    expect(stdout).toMatch(/^ +engine/m);
  });

  const quick = ['engine', '--threads', '1', '--only', 'decode,memory'];
  it.each(model ? [['queue'], quick] : [['queue']])('prints %s as JSON, an object a line', async (...args) => {
    const { stdout, code } = await home.run(['bench', ...args, '--json']);
    expect(code).toBe(0);
    const rows = lines(stdout).map((line) => JSON.parse(line));
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(['name', 'value', 'unit', 'limit', 'ratio', 'bar', 'holds']);
      expect(row.value).toBeGreaterThan(0);
    }
  });
});

describe('verify', () => {
  it('passes on golden vectors', async () => {
    const { stdout, code } = await home.run(['verify', golden]);
    expect(stdout).toMatch(/^ok: /m);
    expect(code).toBe(0);
  });

  it('splits the models over shards, and says of how many it can', async () => {
    const { stdout, code } = await home.run(['verify', join(golden, 'tiny-a'), '--shards', '8']);
    expect(stdout).toMatch(/^ok: .* f32 activations, auto, 8 shards\)$/m);
    expect(code).toBe(0);
    expect((await home.run(['verify', golden, '--shards', '3'])).stderr).toContain('1, 2, 4, 8');
  });

  it('fails on a model that is off', async () => {
    const folder = join(home.folder, 'off');
    cpSync(join(golden, 'tiny-a'), folder, { recursive: true });
    const file = join(folder, 'model.safetensors');
    const bytes = readFileSync(file);
    // The upper byte of one bf16 weight: another exponent.
    const at = statSync(file).size - 1001;
    bytes.writeUInt8((bytes.readUInt8(at) ^ 0x01) & 0xff, at);
    writeFileSync(file, bytes);
    const { stdout, code } = await home.run(['verify', folder]);
    expect(stdout).toContain('FAIL');
    expect(code).toBe(1);
  });

  it('says what is no folder of golden vectors', async () => {
    copyFileSync(join(golden, 'README.md'), join(home.folder, 'README.md'));
    const nothing = await home.run(['verify', join(home.folder, 'README.md')]);
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toContain('WISECRACK_GOLDEN_INVALID');
  });
});

describe('--device cuda, where there is no card', () => {
  const env = { CUDA_VISIBLE_DEVICES: '' };

  it.each([
    ['verify', golden],
    ['rehearse', ''],
    ['bench', 'engine'],
    ['ask', 'hello'],
  ])('is refused by %s, with a reason and a mend', async (name, argument) => {
    if (!model && name !== 'verify') return;
    const { code, stderr } = await home.run([name, ...(argument ? [argument] : []), '--device', 'cuda'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/The engine cannot compute on cuda: .*CUDA/);
    expect(stderr).toContain('--device cpu');
  });

  it('fails the doctor, and wins over WISECRACK_DEVICE', async () => {
    const { code, stdout } = await home.run(['doctor', '--device', 'cuda'], {
      env: { ...env, WISECRACK_DEVICE: 'cpu' },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail +cuda +none: /m);
    expect(
      (await home.run(['doctor', '--device', 'cpu'], { env: { ...env, WISECRACK_DEVICE: 'cuda' } })).stdout,
    ).toMatch(/^ok +cuda/m);
  });
});
