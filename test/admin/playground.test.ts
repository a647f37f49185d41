import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../root.ts';
import { until } from '../queue/fixtures/messages.ts';
import type { Client } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
let owner: Client;
let draft: { yaml: string };
beforeAll(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
  await stage.think();
  const guide = await readFile(join(packageRoot(), 'personas/guide.yaml'), 'utf8');
  draft = { yaml: guide.replace(/^name: .*$/m, 'name: Unsaved') };
});
afterAll(() => stage.close());

const turns = [{ role: 'user', name: 'Ann', text: 'What is a volcano?' }];

async function play(request: object) {
  const { status, body } = await owner.post('/api/playground/guide', request);
  expect(status).toBe(200);
  const events = await owner.stream(`/api/playground/${encodeURIComponent(body.jobId)}/events`);
  await events.ended;
  const pieces = events.of('piece');
  return { body, events, text: pieces.map(({ text }) => text).join(''), end: events.of('end')[0] };
}

test('a draft that is saved nowhere answers through queue and engine, token by token', async () => {
  const { body, events, text, end } = await play({ draft, turns, seed: 7 });
  expect(events.of('start')[0]).toMatchObject({ model: expect.stringContaining('pocket') });
  expect(end).toMatchObject({ text, finish: expect.stringMatching(/stop|length/) });
  expect(text).not.toBe('');
  const tokens = events.of('piece').flatMap((piece) => piece.tokens);
  expect(tokens).toHaveLength(end.figures.replyTokens);
  for (const { text: drawn, probability, alternatives } of tokens) {
    expect(alternatives).toHaveLength(5);
    expect(probability).toBeGreaterThan(0);
    const same = alternatives?.find((other: { text: string }) => other.text === drawn);
    if (same) expect(same.probability).toBeCloseTo(probability ?? 0, 4);
  }
  expect(tokens.map((token) => token.text).join('')).toContain(text.trim().slice(0, 10));
  // Its name was in the prompt, and the file is what it was.
  expect((await owner.get('/api/personas/guide')).body.name).not.toBe('Unsaved');
  // The same seed gives the same reply; nothing of it is left.
  expect((await play({ draft, turns, seed: 7 })).text).toBe(text);
  await until(async () => (await stage.queue.conversations.count()) === 0);
  expect((await owner.get('/api/conversations')).body.conversations).toEqual([]);
  expect(body.jobId).toMatch(/^admin:/);
  // Where it computed is seen, too.
  const [worker] = (await owner.get('/api/now')).body.workers;
  expect(worker.utilisation).toBeGreaterThanOrEqual(0);
  expect(worker.deviceBytes).toBeGreaterThan(worker.deviceBytesUsed);
});

test('sampling and length are overridden', async () => {
  const greedy = { draft, turns, sampling: { temperature: 0 } };
  const [one, two] = [await play({ ...greedy, seed: 1 }), await play({ ...greedy, seed: 2 })];
  expect(one.text).toBe(two.text);
  const short = await play({ draft, turns, maxTokens: 3 });
  expect(short.end).toMatchObject({ finish: 'length', figures: { replyTokens: 3 } });
});

test('what cannot be played is refused', async () => {
  const refused = async (request: object) => (await owner.post('/api/playground/guide', request)).status;
  expect(await refused({ draft: { yaml: 'name: X' }, turns })).toBe(400);
  expect(await refused({ draft, turns: [] })).toBe(400);
  expect(await refused({ draft, turns: [{ role: 'persona', name: 'G', text: 'Hi' }] })).toBe(400);
  expect(await refused({ draft, turns, sampling: { temperature: 9 } })).toBe(400);
  expect(await refused({ draft, turns, sampling: { nonsense: 1 } })).toBe(400);
});
