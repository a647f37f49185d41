import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startMirror } from '../../admin/personas/mirror.ts';
import type { ImageKind } from '../../personas/card/file.ts';
import { readCardFile, writeCardFile } from '../../personas/card/index.ts';
import { until } from '../queue/fixtures/messages.ts';
import { owner, stage, useStage } from './fixtures/each.ts';

useStage();

const folders: string[] = [];
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Another machine: a folder of its own, the same Redis. */
async function machine(folder = mkdtempSync(join(tmpdir(), 'wisecrack-mirror-'))) {
  folders.push(folder);
  const mirror = await startMirror({
    saved: stage.queue.savedPersonas,
    folder,
    onError: (error) => expect.unreachable(String(error)),
    everyMs: 20,
  });
  closing.push(mirror.close);
  const at = (name: string) => join(folder, name);
  return {
    ...{ folder, at, mirror },
    text: (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined),
  };
}

/** Saves the pirate in the dashboard with another description. */
async function save(description: string): Promise<string> {
  const { yaml, revision } = (await owner.get('/api/personas/pirate')).body;
  const draft = { yaml: yaml.replace(/^description: .*$/m, `description: ${description}`) };
  const said = await owner.send('PUT', '/api/personas/pirate', { draft, revision });
  expect(said.status).toBe(200);
  return said.body.yaml;
}

test('what the dashboard saves and deletes comes to every machine, also to one that comes later', async () => {
  const early = await machine();
  const yaml = await save('Louder.');
  await until(() => early.text('pirate.yaml') === yaml);
  const late = await machine();
  expect(late.text('pirate.yaml')).toBe(yaml);
  expect((await owner.send('DELETE', '/api/personas/pirate')).status).toBe(204);
  await until(() => [early, late].every(({ text }) => text('pirate.yaml') === undefined));
});

test('a change by hand stays until the next save, and is not lost then', async () => {
  const first = await save('One.');
  const here = await machine();
  expect(here.text('pirate.yaml')).toBe(first);
  writeFileSync(here.at('pirate.yaml'), 'by hand');
  await here.mirror.close();
  const again = await machine(here.folder);
  expect(again.text('pirate.yaml')).toBe('by hand');
  const second = await save('Two.');
  await until(() => again.text('pirate.yaml') === second);
  expect(again.text('pirate.yaml.before')).toBe('by hand');
  // What it had taken over itself is in the dashboard's versions.
  const third = await save('Three.');
  await until(() => again.text('pirate.yaml') === third);
  expect(again.text('pirate.yaml.before')).toBe('by hand');
});

/** Imports a card with a picture. */
async function importCard(id: string, image: { bytes: Uint8Array; kind: ImageKind }) {
  const exported = await fetch(`${stage.admin.url}/api/personas/guide/card?to=json`, {
    headers: { cookie: owner.cookie },
  });
  const json = (await exported.text()).replaceAll('"Guide"', `"${id}"`);
  const response = await fetch(`${stage.admin.url}/api/personas/${id}/card`, {
    method: 'POST',
    headers: { cookie: owner.cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/octet-stream' },
    body: Buffer.from(writeCardFile(json, { kind: 'charx', name: id, image })),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { notes: { code: string }[] }).notes;
}

const picture = (length: number) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(length, 7)]);

test('the picture of a persona and the card that it came from come along; a picture laid there by hand is not lost', async () => {
  const here = await machine();
  writeFileSync(here.at('nova.jpg'), 'by hand');
  const image = { bytes: picture(1000), kind: 'jpg' as const };
  expect(await importCard('nova', image)).not.toContainEqual(expect.objectContaining({ code: 'tooLargeToCarry' }));
  await until(() => here.text('nova.yaml') !== undefined);
  expect(readFileSync(here.at('nova.jpg'))).toEqual(image.bytes);
  expect(here.text('nova.jpg.before')).toBe('by hand');
  expect(here.text('nova.card.json')).toContain('"nova"');
  // A machine that comes later exports the very card, with its picture.
  const late = await machine();
  const other = await stage.start({ folders: { builtIn: late.folder, own: late.folder } });
  const exported = await fetch(`${other.url}/api/personas/nova/card?to=charx`, { headers: { cookie: owner.cookie } });
  const card = readCardFile(new Uint8Array(await exported.arrayBuffer()));
  expect(Buffer.from(card.image?.bytes ?? [])).toEqual(image.bytes);
});

test('a picture that is too large for that stays, which is said', async () => {
  const here = await machine();
  const notes = await importCard('vast', { bytes: picture(4 * 1024 * 1024), kind: 'jpg' });
  expect(notes).toContainEqual({
    code: 'tooLargeToCarry',
    values: { file: 'vast.jpg' },
    message: 'vast.jpg is too large to be carried to other machines',
  });
  await until(() => here.text('vast.yaml') !== undefined);
  expect(existsSync(here.at('vast.jpg'))).toBe(false);
  expect(here.text('vast.card.json')).toContain('"vast"');
});

test('no name that Redis gives leads out of the folder', async () => {
  const here = await machine();
  const bytes = Buffer.from('evil');
  const names = ['../evil.png', '/tmp/evil.png', '.dashboard.json', 'other.yaml', 'a/b.png', 'other.card.json'];
  await stage.queue.savedPersonas.put(
    'nova',
    'name: x',
    names.map((name) => ({ name, bytes })),
  );
  // Its note of what it took over is written last.
  await until(() => here.text('.dashboard.json') !== undefined);
  expect(readdirSync(here.folder).sort()).toEqual(['.dashboard.json', 'nova.yaml']);
  expect(here.text('.dashboard.json')).not.toContain('evil');
});
