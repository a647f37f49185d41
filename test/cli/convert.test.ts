import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transfer } from '../../cli/transfer.ts';
import { writeCheckpoint } from '../../inference/engine/rehearse/checkpoint.ts';
import { readSafetensors } from '../../inference/engine/verify/safetensors.ts';
import { packageRoot } from '../../root.ts';
import { until } from '../queue/fixtures/messages.ts';
import { Home } from './fixtures/command.ts';

const home = new Home();
const golden = join(packageRoot(), 'test/golden');

beforeAll(async () => {
  expect(await home.run(['build'])).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => home.close());

/** The weights of a folder, file by file. */
function weights(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder).filter((name) => /\.(safetensors|json)$/.test(name));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

describe('convert', () => {
  it('makes files that the engine opens and any reader of safetensors reads', async () => {
    const target = join(home.folder, 'bf16');
    const { code, stdout, stderr } = await home.run(['convert', join(golden, 'tiny-a'), target]);
    expect(stderr).toContain('Converting to bf16');
    expect(stdout).toMatch(/bf16: 0\.\d MB in one file/);
    expect(code).toBe(0);
    const [own, theirs] = await Promise.all(
      [target, join(golden, 'tiny-a')].map((folder) => readSafetensors(join(folder, 'model.safetensors'))),
    );
    expect([...(own?.keys() ?? [])].sort()).toEqual([...(theirs?.keys() ?? [])].sort());
    for (const [name, tensor] of own ?? []) expect(tensor, name).toEqual(theirs?.get(name));
  });

  it('checks what is there already, and says so', async () => {
    const [source, target] = [join(golden, 'tiny-c'), join(home.folder, 'twice')];
    const args = ['convert', source, target, '--dtype', 'int8', '--shards', '3'];
    expect((await home.run(args)).stdout).toContain('in 3 files');
    expect((await home.run(args)).stderr).toContain('All of it was there already');
  });

  it('leaves checksums that name every file that is damaged', async () => {
    const target = join(home.folder, 'checked');
    await home.run(['convert', join(golden, 'tiny-c'), target, '--shards', '3']);
    const verify = () => home.run(['verify', target, '--checksums']);
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('3 files, 0.') });
    const [first, second] = [1, 2].map((number) => join(target, `model-0000${number}-of-00003.safetensors`)) as [
      string,
      string,
    ];
    const bytes = readFileSync(first);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(first, bytes);
    truncateSync(second, 5000);
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toMatch(/model-00001-of-00003\.safetensors does not hold what was written: bytes \d+ to \d+$/m);
    expect(stdout).toMatch(/model-00002-of-00003\.safetensors has 5000 bytes, \d+ were written$/m);
    expect(stdout).toContain('2 of 3 files');
    await home.run(['convert', join(golden, 'tiny-c'), target, '--shards', '3']);
    expect((await verify()).code).toBe(0);
    expect((await home.run(['verify', join(golden, 'tiny-c'), '--checksums'])).stderr).toContain(
      'there are no checksums',
    );
  });

  it('goes on after a kill -9', async () => {
    const [source, calm, torn] = ['source', 'calm', 'torn'].map((name) => join(home.folder, name)) as [
      string,
      string,
      string,
    ];
    const shape = {
      ...{ vocabSize: 2000, sequenceLen: 8192, embSize: 1024, keySize: 64, numQHeads: 16, numKvHeads: 4 },
      ...{ numLayers: 1, numExperts: 8, numSelectedExperts: 2, wideningFactor: 4 },
    };
    await writeCheckpoint(source, shape, 3);
    expect(await home.run(['convert', source, calm, '--shards', '6'])).toMatchObject({ code: 0 });
    const isTorn = () => existsSync(torn) && readdirSync(torn).some((name) => name.endsWith('.part'));
    // Now and then it is through before we have looked: then once more from the beginning.
    do {
      rmSync(torn, { recursive: true, force: true });
      const killed = home.start(['convert', source, torn, '--shards', '6']);
      let isOver = false;
      void killed.done.then(() => {
        isOver = true;
      });
      await until(() => isOver || isTorn());
      killed.child.kill('SIGKILL');
      await killed.done;
    } while (!isTorn());
    for (const [name, bytes] of weights(torn)) expect(weights(calm).get(name)?.equals(bytes), name).toBe(true);
    expect(await home.run(['convert', source, torn, '--shards', '6'])).toMatchObject({ code: 0 });
    expect([...weights(torn).keys()]).toEqual([...weights(calm).keys()]);
    for (const [name, bytes] of weights(torn)) expect(weights(calm).get(name)?.equals(bytes), name).toBe(true);
    expect(readdirSync(torn).filter((name) => name.endsWith('.part'))).toEqual([]);
  }, 240_000);

  it('leaves alone what it did not write, and names what the source lacks', async () => {
    const target = join(home.folder, 'taken');
    mkdirSync(target);
    writeFileSync(join(target, 'model.safetensors'), 'precious');
    const taken = await home.run(['convert', join(golden, 'tiny-a'), target]);
    expect(taken.code).toBe(1);
    expect(taken.stderr).toMatch(/holds something else already: model\.safetensors[\s\S]*WISECRACK_CONVERT_FAILED/);
    expect(readFileSync(join(target, 'model.safetensors'), 'utf8')).toBe('precious');
    const itself = await home.run(['convert', target, `${target}/.`]);
    expect(itself.stderr).toContain('it is the source');
    const nothing = await home.run(['convert', join(golden, 'ops'), join(home.folder, 'new')]);
    expect(nothing.stderr).toContain('config.json');
    expect(nothing.code).toBe(1);
  });
});

describe('a transfer', () => {
  it('says rate and time left, of what was moved in the last seconds', () => {
    let now = 0;
    const transfer = new Transfer(() => now);
    expect(transfer.describe(4e9, 10e9, 4e9)).toBe('');
    now = 1000;
    expect(transfer.describe(4.5e9, 10e9, 4e9)).toBe('500 MB/s, 11 s left');
    now = 2000;
    expect(transfer.describe(6e9, 300e9, 4e9)).toBe('1.0 GB/s, 5 min left');
    now = 13_000;
    expect(transfer.describe(6e9, 300e9, 4e9)).toBe('');
    now = 14_000;
    expect(transfer.describe(6.05e9, 600e9, 4e9)).toBe('50 MB/s, 3 h 18 min left');
  });
});
