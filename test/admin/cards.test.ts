import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCardFile } from '../../personas/card/index.ts';
import type { Client } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
let owner: Client;
beforeAll(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
});
afterAll(() => stage.close());

const card = JSON.stringify({
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: {
    ...{ name: 'Nova', description: '{{char}} is a lighthouse keeper on the moon.', personality: 'dry', scenario: '' },
    ...{ first_mes: 'Mind the dust.', mes_example: '<START>\n{{user}}: Hi\n{{char}}: Mind the dust.' },
    ...{ creator_notes: '<script>alert(1)</script>', system_prompt: '', post_history_instructions: '' },
    ...{ alternate_greetings: [], tags: [], creator: 'x', character_version: '1', extensions: {} },
  },
});

async function upload(id: string, file: Uint8Array | string, client = owner) {
  const response = await fetch(`${stage.admin.url}/api/personas/${id}/card`, {
    method: 'POST',
    headers: { cookie: client.cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/octet-stream' },
    body: typeof file === 'string' ? file : Buffer.from(file),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function download(id: string, to: string) {
  const response = await fetch(`${stage.admin.url}/api/personas/${id}/card?to=${to}`, {
    headers: { cookie: owner.cookie },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

test('a card becomes a persona, and comes back as it was', async () => {
  const { status, body } = await upload('nova', card);
  expect(status).toBe(200);
  expect(body.file).toMatchObject({ id: 'nova', name: 'Nova', source: 'own', problems: [] });
  expect(body.file.yaml).not.toContain('<script');
  expect((await owner.get('/api/personas/nova')).body.yaml).toBe(body.file.yaml);
  expect((await owner.get('/api/audit')).body.entries[0]).toMatchObject({ act: 'persona.import', target: 'nova' });

  const { response, bytes } = await download('nova', 'json');
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="nova.json"');
  expect(bytes.toString()).toBe(card);
});

test('a built-in persona travels as a PNG and comes in again under another name', async () => {
  const { response, bytes } = await download('guide', 'png');
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(readCardFile(bytes).kind).toBe('png');
  const twin = await upload('guide-two', bytes);
  expect([twin.status, twin.body.code]).toEqual([409, 'WISECRACK_PERSONA_EXISTS']);
  const renamed = readCardFile(bytes).json.replaceAll('"Guide"', '"Guidance"');
  expect((await upload('guide-two', renamed)).body.file).toMatchObject({ name: 'Guidance' });
});

test('what is no card, is there already, or is too large is refused, and leaves nothing behind', async () => {
  const before = await readdir(stage.own);
  for (const wrong of ['no card', '{}', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])]) {
    const { status, body } = await upload('other', wrong);
    expect([status, body.code]).toEqual([400, 'WISECRACK_CARD_INVALID']);
  }
  expect((await upload('guide', card)).status).toBe(409);
  expect((await upload('..%2Fevil', card)).status).toBe(400);
  const large = await upload('large', Buffer.alloc(100 * 1024 * 1024)).catch(() => ({ status: 413 }));
  expect(large.status).toBe(413);
  expect((await owner.post('/api/personas/other/card', { spec: 'x' })).body.code).toBe(
    'WISECRACK_ADMIN_REQUEST_INVALID',
  );
  expect(await readdir(stage.own)).toEqual(before);
  expect(await readFile(join(stage.own, 'nova.card.json'), 'utf8')).toBe(card);
});
