import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOut } from '../../inference/context/index.ts';
import { openTokenizer } from '../../inference/engine/index.ts';
import { parsePersona } from '../../personas/index.ts';
import { packageRoot } from '../../root.ts';
import type { Client } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
let owner: Client;
let guide: string;
beforeAll(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
  guide = await readFile(join(packageRoot(), 'personas/guide.yaml'), 'utf8');
});
afterAll(() => stage.close());

const save = (id: string, draft: object, revision: string | null, note = '') =>
  owner.send('PUT', `/api/personas/${id}`, { draft, revision, note });
const renamed = (name: string) => guide.replace(/^name: .*$/m, `name: ${name}`);

test('the built-in personas are listed, and each can be read', async () => {
  const { body } = await owner.get('/api/personas');
  expect(body).toContainEqual(
    expect.objectContaining({ id: 'guide', source: 'built-in', replacesBuiltIn: false, problems: [] }),
  );
  const one = (await owner.get('/api/personas/guide')).body;
  expect(one).toMatchObject({ yaml: guide, source: 'built-in', persona: { name: one.name, language: 'en' } });
  expect((await owner.get('/api/personas/nobody')).status).toBe(404);
});

test('mistakes of a draft are named with field and line, for a form and for a text', async () => {
  const check = async (draft: object) => (await owner.post('/api/personas/guide/check', draft)).body;
  const text = await check({ yaml: guide.replace(/^language: .*$/m, '').concat('nonsense: 1\nlanguage: fr\n') });
  expect(text.persona).toBeNull();
  expect(text.problems).toEqual([
    expect.objectContaining({ path: ['nonsense'], line: expect.any(Number) }),
    expect.objectContaining({ path: ['language'] }),
  ]);
  const { persona } = await check({ yaml: guide });
  const form = await check({ persona: { ...persona, examples: [{ user: 'Hi', reply: '' }] } });
  const paths = form.problems.map(({ path }: { path: string[] }) => path.join('.'));
  expect(paths).toContain('examples.0.reply');
  // A form becomes a text as short as somebody would write it, which means the same.
  const same = await check({ persona });
  expect(same).toMatchObject({ problems: [], persona });
  expect(same.yaml).not.toContain('topK');
  expect((await check({ yaml: ': {' })).problems[0]).toMatchObject({
    path: [],
    message: expect.stringContaining('YAML'),
  });
  expect((await check({ yaml: renamed('Brine') })).problems).toMatchObject([{ path: ['name'] }]);
});

test('a saved persona is a file that counts at once; its versions come back', async () => {
  const first = await save('nova', { yaml: renamed('Nova') }, null, 'a start');
  expect(first.body).toMatchObject({ id: 'nova', name: 'Nova', source: 'own' });
  expect(await readFile(join(stage.own, 'nova.yaml'), 'utf8')).toBe(renamed('Nova'));

  const second = await save('nova', { yaml: renamed('Nova Two') }, first.body.revision);
  expect(second.body.name).toBe('Nova Two');
  const late = await save('nova', { yaml: renamed('Nova Late') }, first.body.revision);
  expect([late.status, late.body.code]).toEqual([409, 'WISECRACK_ADMIN_OVERTAKEN']);
  expect((await save('nova', { yaml: renamed('Nova Again') }, null)).status).toBe(409);
  const broken = await save('nova', { yaml: 'name: Nova' }, second.body.revision);
  expect([broken.status, broken.body.code]).toEqual([400, 'WISECRACK_PERSONA_INVALID']);

  const versions = (await owner.get('/api/personas/nova/versions')).body;
  expect(versions).toMatchObject([{ by: 'Olga' }, { by: 'Olga', note: 'a start' }]);
  const old = await owner.get(`/api/personas/nova/versions/${versions[1].version}`);
  expect(old.body.yaml).toBe(renamed('Nova'));
  const restored = await owner.post(`/api/personas/nova/versions/${versions[1].version}/restore`);
  expect(restored.body).toMatchObject({ name: 'Nova', yaml: renamed('Nova') });
  expect((await owner.get('/api/personas/nova/versions')).body).toHaveLength(3);
  expect((await owner.get('/api/audit')).body.entries[0]).toMatchObject({ act: 'persona.restore', target: 'nova' });
});

test('a changed built-in persona goes before it, and comes back when it is deleted', async () => {
  const { revision } = (await owner.get('/api/personas/guide')).body;
  const changed = await save('guide', { yaml: renamed('Changed') }, revision);
  expect(changed.body).toMatchObject({ source: 'own', replacesBuiltIn: true, name: 'Changed' });
  // The text that came with Wisecrack is the first version.
  expect((await owner.get('/api/personas/guide/versions')).body.at(-1)).toMatchObject({ by: 'built-in' });
  expect(await readFile(join(packageRoot(), 'personas/guide.yaml'), 'utf8')).toBe(guide);
  expect((await owner.send('DELETE', '/api/personas/guide')).status).toBe(204);
  expect((await owner.get('/api/personas/guide')).body).toMatchObject({ source: 'built-in', yaml: guide });
  expect((await owner.send('DELETE', '/api/personas/guide')).status).toBe(404);
});

test('the prompt is the very one that the worker lays out, and its parts add up', async () => {
  const turns = [{ role: 'user', name: 'Ann', text: 'Hello!' }];
  const { body } = await owner.post('/api/personas/guide/prompt', { draft: { yaml: guide }, turns });
  const tokenizer = await openTokenizer(join(packageRoot(), 'inference/pocket/model/tokenizer.model'));
  const { persona } = parsePersona('guide.yaml', guide);
  if (!persona) throw new Error('the guide is broken');
  const window = layOut({
    ...{ persona, tokenizer, context: 1024 },
    turns: [{ role: 'user', author: 'Ann', name: 'Ann', text: 'Hello!' }],
  });
  expect(body.text).toBe(window.text);
  expect(body.text.endsWith(`Ann: Hello!\n${persona.name}:`)).toBe(true);
  const { bar } = body;
  expect(bar.context).toBe(1024);
  expect(bar.static + bar.summary + bar.history).toBe(window.tokens.length);
  expect(bar.staticBudget + bar.summaryBudget + bar.historyBudget + bar.reply + bar.slack).toBe(1024);

  expect(body).toMatchObject({ evicted: [], cut: [] });
  // What fell out of it is told, with the reason.
  const many = Array.from({ length: 12 }, (_, at) => ({
    role: 'user',
    name: 'Ann',
    text: `${at} ${'and so on '.repeat(20)}`,
  }));
  const full = (await owner.post('/api/personas/guide/prompt', { draft: { yaml: guide }, turns: many })).body;
  expect(full.evicted[0]).toMatchObject({
    turns: expect.arrayContaining([0, 1]),
    reason: { code: 'history', message: expect.stringContaining('tokens') },
  });
  expect(full.text).not.toContain('Ann: 0 and');
  const pasted = [{ role: 'user', name: 'Ann', text: 'word '.repeat(3000) }];
  expect((await owner.post('/api/personas/guide/prompt', { draft: { yaml: guide }, turns: pasted })).body.cut).toEqual([
    0,
  ]);

  const profile = `${guide.match(/^profile: .*$/m)?.[0]}`;
  const long = guide.replace(profile, `profile: ${'word '.repeat(700)}`).replace(/^ {2}.*(?=\n)/m, '');
  const refused = await owner.post('/api/personas/guide/prompt', { draft: { yaml: long } });
  expect(refused.status).toBe(400);
});
