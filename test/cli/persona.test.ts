import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOut } from '../../inference/context/index.ts';
import { openTokenizer } from '../../inference/engine/index.ts';
import { readCardFile } from '../../personas/card/index.ts';
import { loadPersonas } from '../../personas/index.ts';
import { packageRoot } from '../../root.ts';
import { Home, model } from './fixtures/command.ts';

const home = new Home();
const own = join(home.folder, 'own');
const at = (file: string) => join(home.folder, file);
const persona = (...args: string[]) => home.run(['persona', ...args], { env: { WISECRACK_PERSONAS: own } });
const raw = JSON.stringify({
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: {
    name: 'Ada',
    description: '{{char}} counts clouds.',
    mes_example: '<START>\n{{user}}: How many?\n{{char}}: Nine, and one that is thinking about it.',
    first_mes: 'Sit. Do not breathe on the sky.',
    creator_notes: 'NOT FOR THE PROMPT',
    extensions: { theirs: { kept: [1, 2] } },
  },
}).replace('[1,2]', '[1.0,  2e0]');

beforeAll(async () => {
  mkdirSync(own);
  expect(await home.run(['build'])).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => home.close());

it('lists the personas', async () => {
  const { stdout, code } = await persona('list', '--json');
  expect(code).toBe(0);
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(found).toContainEqual(expect.objectContaining({ id: 'guide', name: 'Guide', language: 'en' }));
});

describe.skipIf(!model)('check', () => {
  it('says of each file what is wrong, and where', async () => {
    const good = join(packageRoot(), 'personas/butler.yaml');
    const source = readFileSync(good, 'utf8').replace('greeting:', 'greting:');
    writeFileSync(at('bad.yaml'), source);
    writeFileSync(at('faceless.yaml'), `${source.replace('greting:', 'greeting:')}avatar: nowhere.png\n`);
    const { stdout, code } = await persona('check', good, at('bad.yaml'), at('faceless.yaml'));
    expect(code).toBe(1);
    expect(stdout).toContain('butler.yaml: Pemberton is well');
    expect(stdout).toMatch(/bad\.yaml:\d+:1: "greting" is not known; did you mean "greeting"\?/);
    expect(stdout).toContain('faceless.yaml: "avatar" is nowhere.png, which is not beside it');
    expect(await persona('check', good)).toMatchObject({ code: 0 });
  });
});

describe('import and export', () => {
  it('bring a card in and out again, byte for byte', async () => {
    writeFileSync(at('Ada Card.json'), raw);
    const taken = await persona('import', at('Ada Card.json'));
    expect(taken).toMatchObject({ code: 0, stdout: `${join(own, 'ada-card.yaml')}\n` });
    expect(readFileSync(join(own, 'ada-card.yaml'), 'utf8')).not.toContain('NOT FOR THE PROMPT');
    expect(await persona('export', 'ada-card', '--to', 'json', '-o', at('back.json'))).toMatchObject({ code: 0 });
    expect(readFileSync(at('back.json'), 'utf8')).toBe(raw);

    const again = await persona('import', at('Ada Card.json'));
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('ada-card.yaml is there already');
  });

  it('bring a persona through a picture with all it has', async () => {
    expect(await persona('export', 'pirate', '-o', at('captain.png'))).toMatchObject({ code: 0 });
    const source = readFileSync(join(packageRoot(), 'personas/pirate.yaml'), 'utf8').replace(
      'name: Brine',
      'name: Brim',
    );
    const card = readCardFile(readFileSync(at('captain.png')));
    const renamed = card.json.replaceAll('"name":"Brine"', '"name":"Brim"');
    writeFileSync(at('brim.json'), renamed);
    expect(await persona('import', at('brim.json'), '--name', 'brim')).toMatchObject({ code: 0 });
    writeFileSync(at('brim.yaml'), source);
    const { personas } = await loadPersonas(own);
    const { personas: expected } = await loadPersonas(home.folder);
    const brim = expected.find(({ id }) => id === 'brim');
    expect(personas.find(({ id }) => id === 'brim')).toEqual(brim);
  });

  it.each([
    [
      'a persona that others would take for another',
      ['import', 'captain.png'],
      /A persona called Brine \(pirate\) is there already/,
    ],
    ['a name that is a path', ['import', 'Ada Card.json', '--name', '../x'], /is no name for its file/],
    ['a file that is no card', ['import', 'no.png'], /claims 84 bytes, which the file does not have/],
    ['a file that is not there', ['import', 'nothing.png'], /no such file/],
  ])('refuse %s', async (_, [command = '', file = '', ...rest], reason) => {
    writeFileSync(at('no.png'), readFileSync(at('captain.png')).subarray(0, 60));
    const { code, stderr } = await persona(command, at(file), ...rest);
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(existsSync(at('x.yaml'))).toBe(false);
  });
});

describe.skipIf(!model)('preview', () => {
  it('shows the prompt that the worker would send', async () => {
    const { stdout, code } = await persona('preview', 'butler', '-m', 'Hi there', '--json');
    expect(code).toBe(0);
    const { prompt, tokens, parts, context } = JSON.parse(stdout);
    const tokenizer = await openTokenizer(join(model ?? '', 'tokenizer.model'));
    const { personas } = await loadPersonas(join(packageRoot(), 'personas'));
    const butler = personas.find(({ id }) => id === 'butler');
    if (!butler) throw new Error('no butler');
    const turns = [{ role: 'user' as const, author: 'x', name: 'You', text: 'Hi there' }];
    const window = layOut({ persona: butler, turns, tokenizer, context });
    expect(prompt).toBe(window.text);
    expect(tokens).toEqual(window.tokens);
    const { reply: _, free: _1, ...inPrompt } = parts;
    expect(Object.values<number>(inPrompt).reduce((sum, each) => sum + each, 0)).toBe(tokens.length);
  });

  it('puts the parts beside the text', async () => {
    const { stdout, stderr, code } = await persona('preview', 'butler');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\*\*\*\nYou: Hello!\nPemberton:\n$/);
    expect(stderr).toMatch(/^prompt +\d+ +of \d+$/m);
  });
});

describe.skipIf(!model)('eval', () => {
  it('plays a chat with the real model, and measures it', async () => {
    const { stdout, code } = await persona('eval', 'guide', '--turns', '8', '--json');
    const { figures, ...about } = JSON.parse(stdout);
    expect(about).toMatchObject({ persona: 'guide', context: 1024, turns: 8 });
    const figure = (name: string) => figures.find((each: { name: string }) => each.name === name);
    expect(figure('impersonations')).toMatchObject({ value: 0, most: 0, met: true });
    expect(figure('budget overruns')).toMatchObject({ value: 0, met: true });
    expect(figure('prompt from the cache').value).toBeGreaterThan(0.5);
    expect(code).toBe(figures.every(({ met = true }) => met) ? 0 : 1);
  });

  it('shows the chat and a table', async () => {
    const { stdout } = await persona('eval', 'guide', '--turns', '2', '--show');
    expect(stdout).toMatch(/^- Ann: morning everyone\n> Guide: .+/);
    expect(stdout).toMatch(/^impersonations +0 +at most 0 +ok$/m);
  });

  it('refuses an engine and a number of turns that are none', async () => {
    for (const wrong of [
      ['--engine', 'abacus'],
      ['--turns', '0'],
    ]) {
      const { code, stderr } = await persona('eval', 'guide', ...wrong);
      expect(code).toBe(1);
      expect(stderr).toContain(wrong[0]);
    }
  });
});
