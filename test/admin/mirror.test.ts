import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startMirror } from '../../admin/personas/mirror.ts';
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
