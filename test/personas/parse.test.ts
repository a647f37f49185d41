import { describe, expect, it } from 'vitest';
import { parsePersona, problemText } from '../../personas/index.ts';
import { personaYaml } from './example.ts';

const mistakes = (source: string, file = 'bot.yaml') => parsePersona(file, source).problems.map(problemText);

describe('parsePersona', () => {
  it('reads a persona and fills in the witty preset', () => {
    const { persona, problems } = parsePersona('folder/my-bot.yaml', personaYaml());
    expect(problems).toEqual([]);
    expect(persona).toMatchObject({
      id: 'my-bot',
      name: 'Tester',
      language: 'en',
      sampling: {
        temperature: 1,
        topK: 0,
        topP: 1,
        minP: 0.05,
        repetitionPenalty: 1,
        dry: { multiplier: 0.8, base: 1.75, allowedLength: 2 },
      },
      lines: { error: ['Oops.'], busy: ['Wait.', 'Queue.'] },
    });
  });

  it('takes a picture by its https address, or the name of a file beside it', () => {
    const withPicture = (avatar: string) => `${personaYaml()}avatar: ${avatar}\n`;
    const picture = 'https://a.example/face.png';
    expect(parsePersona('bot.yaml', withPicture(picture)).persona?.avatar).toBe(picture);
    for (const wrong of ['http://a.example/face.png', 'file:///etc/passwd', '../face.png']) {
      expect(mistakes(withPicture(wrong))).toHaveLength(1);
    }
  });

  it('fills in what a partial sampling leaves out', () => {
    const { persona } = parsePersona('bot.yaml', `${personaYaml()}sampling: { temperature: 0.7, dry: { base: 2 } }\n`);
    expect(persona?.sampling).toMatchObject({ temperature: 0.7, minP: 0.05, dry: { multiplier: 0.8, base: 2 } });
  });

  it('gives an object that cannot be changed in place', () => {
    expect(Object.isFrozen(parsePersona('bot.yaml', personaYaml()).persona?.examples[0])).toBe(true);
  });

  it('reports every mistake with its place, in order', () => {
    const source = personaYaml()
      .replace('name: Tester', 'name: "Tes:ter"')
      .replace('profile:', 'profil:')
      .replace('reply: One.', 'reply: [One]')
      .replace('user: two', 'usr: two')
      .concat('sampling:\n  temprature: 3\n  minP: 2\n  topK: 1.5\n  dry: yes\nreplyTokens: 5\nlanguage: fr\n');
    expect(mistakes(source)).toMatchInlineSnapshot(`
      [
        "bot.yaml:1:1: "profile" is missing",
        "bot.yaml:1:7: "name" cannot be "Tes:ter": letters, digits, space, _ and - can start a line of a chat, at most 24 of them; "Tester" would do",
        "bot.yaml:3:1: "profil" is not known; did you mean "profile"?",
        "bot.yaml:6:12: "examples[1].reply" must be text",
        "bot.yaml:7:5: "examples[2].user" is missing",
        "bot.yaml:7:5: "examples[2].usr" is not known; did you mean "user"?",
        "bot.yaml:20:3: "sampling.temprature" is not known; did you mean "temperature"?",
        "bot.yaml:21:9: "sampling.minP" must be at most 0.9",
        "bot.yaml:22:9: "sampling.topK" must be a whole number",
        "bot.yaml:23:8: "sampling.dry" must be a group of settings",
        "bot.yaml:24:14: "replyTokens" must be at least 96",
        "bot.yaml:25:11: "language" must be "en" or "zh"",
      ]
    `);
  });

  it.each([
    ['name: 42', 'bot.yaml:1:7: "name" must be text (put it in quotes)'],
    ['name:', 'bot.yaml:1:6: "name" is empty'],
    ['name: Tester\nnsfw: yes', 'bot.yaml:2:7: "nsfw" must be true or false'],
    ['name: Tester\nmoods: [calm]', 'bot.yaml:2:8: "moods" must be a group of settings'],
    ['name: Friend', 'bot.yaml:1:7: "name" cannot be "Friend": that has a meaning of its own in the prompt'],
    [
      'name: A 🦜',
      'bot.yaml:1:7: "name" cannot be "A 🦜": letters, digits, space, _ and - can start a line of a chat, at most 24 of them; "A" would do',
    ],
  ])('%s', (line, message) => {
    expect(mistakes(personaYaml().replace('name: Tester', line))).toEqual([message]);
  });

  it('reports what is wrong in the parts that a persona may have', () => {
    const source = personaYaml().concat(`avatar: ../secret.png
moods:
  "a b": { temperature: 1 }
  wild: { temprature: 2 }
lorebook:
  entries:
    - { content: Nobody can call this. }
    - { keys: [x], content: y, postion: before }
refusals: { input: ["***"] }
variants:
  - greeting: Nowhere.
  - { platform: telegramm }
  - { language: zh, lines: { bsy: x } }
`);
    expect(mistakes(source)).toMatchInlineSnapshot(`
      [
        "bot.yaml:19:9: "avatar" must be an https address, or the name of a png, jpg, webp or gif file beside this one",
        "bot.yaml:21:10: "moods.a b" has a name that must be a word of letters, digits, _ and -, at most 24",
        "bot.yaml:22:11: "moods.wild.temprature" is not known; did you mean "temperature"?",
        "bot.yaml:25:7: "lorebook.entries[1].keys" is missing",
        "bot.yaml:26:32: "lorebook.entries[2].postion" is not known; did you mean "position"?",
        "bot.yaml:27:21: "refusals.input[1]" needs a letter or a digit",
        "bot.yaml:29:5: "variants[1]" needs "platform", "language" or both: where it counts",
        "bot.yaml:30:17: "variants[2].platform" must be "console" or "discord" or "telegram" or "web"",
        "bot.yaml:31:30: "variants[3].lines.bsy" is not known; did you mean "busy"?",
      ]
    `);
  });

  it('gives each mistake a code with its values, which any language can say', () => {
    const { problems } = parsePersona(
      'bot.yaml',
      personaYaml().concat('sampling: { minP: 2 }\nlanguage: fr\nlnes: x\n'),
    );
    expect(problems).toMatchObject([
      { code: 'range', values: { relation: 'most', limit: 0.9 }, path: ['sampling', 'minP'] },
      { code: 'notAllowed', values: { allowed: ['en', 'zh'] }, path: ['language'] },
      { code: 'misspeltKey', values: { meant: 'lines' }, path: ['lnes'] },
    ]);
  });

  it('names keys that are missing', () => {
    expect(mistakes(personaYaml().replace(/^greeting.*\n/m, ''))).toEqual(['bot.yaml:1:1: "greeting" is missing']);
    expect(mistakes(personaYaml().replace(/^ {2}empty.*\n/m, ''))).toEqual(['bot.yaml:15:3: "lines.empty" is missing']);
  });

  it('reports keys that are there twice beside the other mistakes', () => {
    const found = mistakes(`${personaYaml()}name: Other\nstop: no\n`);
    expect(found).toEqual(['bot.yaml:19:1: this key is there twice', 'bot.yaml:20:7: "stop" must be a list']);
  });

  it('reports broken YAML without guessing what it means', () => {
    const found = mistakes('name: "Guide\nprofile: x\n');
    expect(found.length).toBeGreaterThan(0);
    for (const message of found) expect(message).toMatch(/^bot\.yaml:\d+:\d+: not valid YAML: /);
  });

  it.each(['', '# nothing\n', '- a\n', 'Guide\n'])('says what a file must hold (%j)', (source) => {
    expect(mistakes(source)).toEqual([expect.stringContaining('the file must hold settings such as')]);
  });

  it('refuses aliases that multiply', () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1},`.repeat(9) : 'x'}]`).join('\n');
    expect(mistakes(bomb)).toEqual([expect.stringContaining('not valid YAML')]);
  });

  it('wants a file name that can be typed', () => {
    expect(mistakes(personaYaml(), 'My Bot.yaml')).toEqual([
      expect.stringContaining('My Bot.yaml: the file name must be'),
    ]);
  });
});
