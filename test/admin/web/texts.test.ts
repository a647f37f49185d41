import { beforeAll, expect, test } from 'vitest';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

/** Would run if any page took it for markup. */
const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const conversation = 'test:<svg onload=window.hacked=1>';

beforeAll(async () => {
  stage.scripted.when('evil', [evil, ' and more ', evil]);
  await stage.work();
  const ask = { id: 'evil', name: evil, user: '<b>u</b>', chat: conversation.slice('test:'.length) };
  await stage.ended(await stage.ask(`evil ${evil}`, ask));
  const { yaml, revision } = (await people.owner.get('/api/personas/guide')).body;
  const draft = { yaml: yaml.replace(/^(description|greeting):.*(\n {2,}.*)*$/gm, `$1: '${evil}'`) };
  const save = { draft, revision, note: evil };
  expect((await people.operator.send('PUT', '/api/personas/guide', save)).status).toBe(200);
  await people.operator.send('PATCH', '/api/rules', { scope: 'all', patch: { maintenance: evil, keywords: [evil] } });
  const line = { level: 50, time: new Date().toISOString(), pid: 1, msg: evil, trace: 'trace-evil', extra: evil };
  stage.queue.logs.write(`${JSON.stringify(line)}\n`);
});

const place = encodeURIComponent(conversation);

test.each([
  ['Now', '/', evil],
  ['Conversations', '/conversations', evil],
  ['a conversation', `/conversations/${place}`, evil],
  ['a person', `/persons/${encodeURIComponent('test:<b>u</b>')}`, '<b>u</b>'],
  ['Personas', '/personas', evil],
  ['a persona', '/personas/guide', ''],
  ['Rules', '/rules', evil],
  ['Audit', '/audit', '<img src=x'],
  ['Logs', '/logs', evil],
  ['a reply', '/replies/trace-evil', evil],
  ['an address', `/personas/${encodeURIComponent(evil)}`, ''],
])('what people, models and operators wrote is text on %s', async (_, path, shown) => {
  const page = await visit(path, 'owner');
  await page.getByRole('heading', { level: 1 }).waitFor();
  if (shown !== '') await page.getByText(shown, { exact: false }).first().waitFor();
  const reveal = page.getByRole('button', { name: 'Reveal texts' });
  await page.locator('.waiting').waitFor({ state: 'detached' });
  if (await reveal.isVisible()) {
    await reveal.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reveal texts' }).click();
    await page.getByText(`${evil} and more`).first().waitFor();
  }
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  expect(await page.locator('img, main script').count()).toBe(0);
});
