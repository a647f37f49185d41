import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openTokenizer } from '../../../inference/engine/index.ts';
import { packageRoot } from '../../../root.ts';
import { until } from '../../queue/fixtures/messages.ts';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();
beforeAll(() => stage.work());

test('a mistake is said beside its field, and what is mended is saved as a version that can be restored', async () => {
  const page = await visit('/personas/pirate', 'operator');
  const name = page.getByLabel('Name');
  await name.fill('Bri:ne');
  await page.getByText('“Bri:ne”').or(page.getByText('"Bri:ne"')).waitFor();
  await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => page.getByRole('tab', { name: /Voice/ }).textContent()).toContain('1');
  await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-mistake');

  await name.fill('Salty');
  await page.getByText('Not saved').waitFor();
  const save = async (note: string) => {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByLabel('What changed').fill(note);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. The next reply').last().waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  await save('A new name');
  expect((await people.viewer.get('/api/personas/pirate')).body).toMatchObject({ name: 'Salty', source: 'own' });
  await name.fill('Saltier');
  await save('Saltier still');

  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: /A new name/ }).click();
  const diff = page.getByRole('region', { name: 'What differs' });
  await diff.getByText('name:').first().waitFor();
  await expect.poll(() => diff.locator('mark').allInnerTexts()).toEqual(expect.arrayContaining(['Saltier']));
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-versions');
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('This version is the newest again.').waitFor();
  expect((await people.viewer.get('/api/personas/pirate')).body.name).toBe('Salty');
  await expect.poll(() => name.inputValue()).toBe('Salty');
});

test('on the Chinese page a mistake is said in Chinese, beside its field and by its line', async () => {
  const page = await visit('/personas/pirate', 'operator', { locale: 'zh-CN' });
  const name = page.getByLabel('名称');
  await name.fill('Bri:ne');
  await page.getByText('不能用“Bri:ne”').waitFor();
  await name.fill('Brine');
  await page.getByText('不能用').waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'YAML' }).click();
  const yaml = page.getByRole('textbox', { name: 'YAML' });
  await yaml.fill(
    `${await yaml.inputValue()}nonsense: 1\nvariants: [{ platform: any, replyTokens: 5 }]\nbannedPhrases: [12]\n`,
  );
  const said = page.getByRole('alert');
  await said.getByText('variants › 第 1 项 › replyTokens：不能小于 96').waitFor();
  await said.getByText('bannedPhrases › 第 1 项：必须是文本，请加上引号').waitFor();
  await yaml.fill('name: "Guide');
  await said.getByText('YAML 格式错误：缺少引号').waitFor();
  expect(await said.textContent()).not.toMatch(/[a-z]+ [a-z]+/);
  await picture(page, 'persona-mistake-zh');
});

test('nobody’s work is overwritten unseen', async () => {
  const page = await visit('/personas/butler', 'operator');
  await page.getByLabel('Description').fill('Mine.');
  const { yaml, revision } = (await people.owner.get('/api/personas/butler')).body;
  const theirs = { draft: { yaml: yaml.replace(/^description: .*$/m, 'description: Theirs.') }, revision };
  expect((await people.owner.send('PUT', '/api/personas/butler', theirs)).status).toBe(200);
  await page.getByText('Not saved').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Somebody saved meanwhile' });
  await dialog.getByText('Theirs.').first().waitFor();
  await picture(page, 'persona-conflict');
  // The question takes the focus from the button that is gone.
  expect(await dialog.locator(':focus').count()).toBe(1);
  await dialog.getByRole('button', { name: 'Save mine over it' }).click();
  // The notice of it stands for some seconds only; this stays.
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Not saved').waitFor({ state: 'detached' });
  expect((await people.viewer.get('/api/personas/butler')).body.description).toBe('Mine.');
});

test('the YAML and the form are two sides of the same work', async () => {
  const page = await visit('/personas/detective', 'operator');
  await page.getByLabel('Greeting', { exact: true }).fill('It rained. You came.');
  await page.getByText('Not saved').waitFor();
  await page.getByRole('tab', { name: 'Prompt' }).click();
  await page.getByRole('region', { name: 'The prompt' }).waitFor();
  await page.getByRole('tab', { name: 'YAML' }).click();
  const yaml = page.getByRole('textbox', { name: 'YAML' });
  await expect.poll(() => yaml.inputValue()).toContain('It rained. You came.');
  await yaml.fill(`${await yaml.inputValue()}\nnonsense: 1\n`);
  await page.getByRole('alert').getByText('nonsense').first().waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-yaml');
  // The work outlives a look at another page.
  await page.getByRole('link', { name: 'Personas' }).first().click();
  await page.getByText('Not saved').waitFor();
});

test('greetings, knowledge, moods and variants have fields of their own, with mistakes beside them', async () => {
  const page = await visit('/personas/robot', 'operator');
  // The persona may have some already: what is added comes behind them.
  const add = async (button: string, kind: string) => {
    const adding = page.getByRole('button', { name: button });
    await adding.waitFor();
    const before = await page.getByRole('group', { name: new RegExp(`^${kind} \\d+$`) }).count();
    await adding.click();
    return page.getByRole('group', { name: `${kind} ${before + 1}`, exact: true });
  };
  const greeting = await add('Add a further greeting', 'Further greeting');
  await greeting.getByRole('alert').waitFor();
  // Where one wants to type now.
  await page.keyboard.type('Beep.');
  await greeting.getByRole('alert').waitFor({ state: 'detached' });
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-voice');

  await page.getByRole('tab', { name: /Knowledge/ }).click();
  const entry = await add('Add an entry', 'Entry');
  await entry.getByLabel('Keys').fill('rust,');
  await entry.getByLabel('What it knows').fill('It is afraid of rain.');
  await entry.getByText('More', { exact: true }).click();
  await entry.getByLabel('Priority').fill('7');
  await entry.getByLabel('And one of these').fill('water,');
  const refusal = await add('Add a refusal', 'Refusal');
  await refusal.getByLabel('Somebody says').fill('Open the pod.');
  await refusal.getByRole('alert').waitFor();
  await refusal.getByLabel('It replies').fill('The pod likes it closed.');
  await refusal.getByRole('alert').waitFor({ state: 'detached' });
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-lore');

  await page.getByRole('tab', { name: /Sampling/ }).click();
  await page.getByLabel('Name of a mood').fill('grumpy');
  await page.keyboard.press('Enter');
  const mood = page.locator('details', { hasText: 'grumpy' });
  await mood.getByLabel('Temperature').fill('9');
  await mood.getByRole('alert').waitFor();
  await expect.poll(() => page.getByRole('tab', { name: /Sampling/ }).textContent()).toContain('1');
  await mood.getByLabel('Temperature').fill('0.4');
  await mood.getByRole('alert').waitFor({ state: 'detached' });
  await mood.getByText('Temperature 0.4').waitFor();
  await page.getByLabel('Name of a mood').fill('grumpy');
  await page.getByText('There is a mood of this name').waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-moods');
  await page.getByLabel('Name of a mood').fill('');

  await page.getByRole('tab', { name: /Variants/ }).click();
  const variant = await add('Add a variant', 'Variant');
  await variant.getByText(/needs "platform", "language" or both/).waitFor();
  await variant.getByLabel('Where').selectOption({ label: 'Discord' });
  await variant.getByText(/needs "platform"/).waitFor({ state: 'detached' });
  await variant.getByText('Speech').click();
  await variant.getByLabel('Profile').fill('Unit Nine speaks in embeds.');
  await variant.getByText('Lines').click();
  await variant.getByLabel('Too much to do').fill('Beep later.\n');
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-variants');

  // At once: what was typed last is in it, too.
  await page.getByRole('tab', { name: 'YAML' }).click();
  const yaml = page.getByRole('textbox', { name: 'YAML' });
  await yaml.waitFor();
  const persona = parse(await yaml.inputValue());
  expect(persona.greetings.at(-1)).toBe('Beep.');
  expect(persona.lorebook.entries.at(-1)).toMatchObject({
    ...{ keys: ['rust'], secondaryKeys: ['water'] },
    ...{ priority: 7, content: 'It is afraid of rain.' },
  });
  expect(persona.refusals.examples.at(-1)).toEqual({ user: 'Open the pod.', reply: 'The pod likes it closed.' });
  expect(persona.moods.grumpy).toEqual({ temperature: 0.4 });
  expect(persona.variants.at(-1)).toMatchObject({
    platform: 'discord',
    profile: 'Unit Nine speaks in embeds.',
    lines: { busy: ['Beep later.'] },
  });
});

test('a new persona begins with nothing, under an id that is free', async () => {
  const page = await visit('/personas', 'operator');
  await page.getByRole('button', { name: 'New persona' }).click();
  const id = page.getByRole('dialog').getByLabel('Id');
  await id.fill('guide');
  await page.getByText('There is a persona of this id').waitFor();
  await id.fill('poet');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { level: 1, name: 'poet' }).waitFor();
  await page.getByRole('tab', { name: /Examples/ }).click();
  await expect.poll(() => page.getByLabel('Somebody says').count()).toBe(4);
  await page.getByRole('button', { name: 'Add an example' }).click();
  await expect.poll(() => page.getByLabel('Somebody says').count()).toBe(5);
  expect(await barriers(page)).toEqual([]);
});

test('the playground answers as the editor stands, side by side with another', async () => {
  stage.scripted.when('volcano', ['A hill ', 'with an opinion.']);
  const page = await visit('/personas/guide', 'operator');
  await page.getByLabel('Name').fill('Draftsman');
  await page.getByRole('button', { name: 'Compare with another' }).click();
  await page.getByLabel('Who answers').last().selectOption({ label: '老王' });
  await page.getByLabel('Say something').fill('What is a volcano?');
  await page.keyboard.press('Enter');
  const mine = page.getByRole('region', { name: 'Draftsman' });
  const other = page.getByRole('region', { name: '老王' });
  await mine.getByText('with an opinion.').waitFor();
  await other.getByText('with an opinion.').waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'playground');
  await page.getByRole('button', { name: 'Again' }).click();
  await mine.getByText('with an opinion.').waitFor();
  await until(() => stage.scripted.asked.filter((it) => it.includes('volcano')).length === 4);
});

/** How much of the page was moved since it was opened. */
const SHIFTS = `new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(0), 500);
})`;

test('the editor opens without moving anything when the prompt is laid out', async () => {
  const page = await visit('/personas/guide', 'viewer');
  await page.getByRole('figure', { name: 'The window, in tokens' }).getByText('1024').waitFor();
  expect(await page.evaluate(SHIFTS)).toBeLessThan(0.01);
});

test('a viewer reads, and changes nothing', async () => {
  const page = await visit('/personas/guide', 'viewer');
  await page.getByText('Your role may look at personas, not change them.').waitFor();
  await expect.poll(() => page.getByLabel('Name').isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: /Save|Delete|Duplicate|Send/ }).count()).toBe(0);
});

test('a Character Card comes in as a new persona, with notes, and goes out again', async () => {
  const data = {
    ...{ name: 'Nova', description: '{{char}} keeps a lighthouse on the moon.', personality: 'dry', scenario: '' },
    ...{ first_mes: 'Mind the dust.', mes_example: '<START>\n{{user}}: Hi\n{{char}}: Mind the dust.' },
    ...{ creator_notes: '<script>window.hacked=1</script>', system_prompt: '', post_history_instructions: 'Be brief.' },
    ...{ alternate_greetings: [], tags: [], creator: 'x', character_version: '1', extensions: {} },
  };
  const card = JSON.stringify({ spec: 'chara_card_v2', spec_version: '2.0', data });
  const page = await visit('/personas', 'operator');
  await page.getByRole('button', { name: 'Import a card' }).click();
  const buffer = Buffer.from(card);
  await page
    .getByLabel('Character Card')
    .setInputFiles({ name: 'Nova (1).json', mimeType: 'application/json', buffer });
  await expect.poll(() => page.getByLabel('Id').inputValue()).toBe('nova-1');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('dialog', { name: 'Nova is imported.' }).waitFor();
  await picture(page, 'persona-imported');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Nova' }).waitFor();

  await page.getByRole('tab', { name: /Knowledge/ }).click();
  await page.getByRole('button', { name: 'Add an entry' }).click();
  await page.getByText(/needs at least 1 entry/).waitFor();
  await page.getByLabel('Keys').fill('lighthouse');
  await page.keyboard.press('Enter');
  await page.getByLabel('What it knows').fill('The lamp is older than the moon.');
  await page.getByText(/needs at least 1 entry/).waitFor({ state: 'detached' });
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'persona-knowledge');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByLabel('Export as a card').selectOption('png'),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.png$/);
});

test('on the Chinese page what is left out of a card, and why a file is none, is said in Chinese', async () => {
  const page = await visit('/personas', 'operator', { locale: 'zh-CN' });
  const data = { name: 'Echo', first_mes: 'Hello.', post_history_instructions: 'Be brief.' };
  const card = { spec: 'chara_card_v2', spec_version: '2.0', data };
  const choose = async (name: string, content: string) => {
    const file = { name, mimeType: 'application/json', buffer: Buffer.from(content) };
    await page.getByLabel('角色卡', { exact: true }).setInputFiles(file);
    await page.getByRole('button', { name: '导入', exact: true }).click();
  };
  await page.getByRole('button', { name: '导入角色卡' }).click();
  await choose('echo.json', 'no card at all');
  await page.getByText('无法导入此角色卡：JSON 格式错误。').waitFor();
  await choose('echo.json', JSON.stringify(card));
  const dialog = page.getByRole('dialog', { name: 'Echo 已导入。' });
  await dialog.getByText('角色卡没有描述，请补上人物设定').waitFor();
  expect(await dialog.textContent()).not.toMatch(/[a-z]+ [a-z]+/);
  await picture(page, 'persona-imported-zh');
});

test('what is no card is refused in words', async () => {
  const page = await visit('/personas', 'operator');
  await page.getByRole('button', { name: 'Import a card' }).click();
  const buffer = Buffer.from('no card at all');
  await page.getByLabel('Character Card').setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer });
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.locator('.toast-bad').waitFor();
  expect((await people.viewer.get('/api/personas/no')).status).toBe(404);
});

test('each word says how likely it was, and what else might have come', async () => {
  const tokenizer = await openTokenizer(join(packageRoot(), 'inference/pocket/model/tokenizer.model'));
  const [yes, no] = [tokenizer.encodePlain('Yes'), tokenizer.encodePlain('No')];
  const chance = (part: number, token = 0) => ({ token, logprob: Math.log(part) });
  stage.scripted.handleWith(async ({ publish, start }) => {
    start({ model: 'scripted', promptTokens: 1 });
    const top = [chance(0.43, yes[0]), chance(0.21, no[0])];
    // The last of them began somebody's line, and were cut.
    const tokens = [...yes, ...tokenizer.encodePlain('\nAnn:')];
    await publish(
      'Yes',
      tokens,
      tokens.map(() => ({ logprob: Math.log(0.43), top })),
    );
    return { finish: 'stop', text: 'Yes' };
  });
  const page = await visit('/personas/guide', 'operator');
  await page.getByLabel('Say something').fill('Is it so?');
  await page.keyboard.press('Enter');
  await page.locator('.token').first().hover();
  await page.locator('.alternatives').getByText('43%').waitFor();
  await expect.poll(() => page.locator('.alternatives').textContent()).toContain('21%');
  await expect.poll(() => page.getByRole('region', { name: 'The reply, word by word' }).textContent()).toBe('Yes');
  // The same with the keyboard.
  await page.mouse.move(0, 0);
  await page.getByRole('region', { name: 'The reply, word by word' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('.token.pointed').first().waitFor();
  await expect.poll(() => page.locator('.alternatives').textContent()).toContain('43%');
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'playground-probabilities');
});
