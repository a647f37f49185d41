import { describe, expect, it } from 'vitest';
import { commandNames, localeOf, locales, parseCommand, sayIn } from '../../bots/chat/index.ts';
import { en } from '../../bots/chat/texts/en.ts';
import { zh } from '../../bots/chat/texts/zh.ts';

describe('commands', () => {
  it.each([
    ['/help', { name: 'help', rest: '' }],
    ['  /RESET  ', { name: 'reset', rest: '' }],
    ['/persona  Old Brine ', { name: 'persona', rest: 'Old Brine' }],
    ['/persona 老王', { name: 'persona', rest: '老王' }],
    ['/persona\tguide', { name: 'persona', rest: 'guide' }],
    ['/perosna guide', { name: 'unknown', word: 'perosna', meant: 'persona' }],
    ['/shrug', { name: 'unknown', word: 'shrug' }],
  ])('reads %j', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it.each(['hello', 'what does /help do?', '/etc/passwd is what?', '/', '// a comment', '/ help', '1/2', ''])(
    'leaves %j to be answered',
    (text) => {
      expect(parseCommand(text)).toBeUndefined();
    },
  );
});

describe('texts', () => {
  it('speak the language of the terminal', () => {
    expect(['zh_CN.UTF-8', 'zh-TW', 'zh'].map(localeOf)).toEqual(['zh', 'zh', 'zh']);
    expect(['en_US.UTF-8', 'C', '', undefined, 'zhx'].map(localeOf)).toEqual(['en', 'en', 'en', 'en', 'en']);
  });

  it('put values in, unescaped, and know plurals', () => {
    const say = sayIn('en');
    expect(say('personaNow', { name: '<O’Brine & "co">' })).toMatch(/^<O’Brine & "co"> is talking/);
    expect(say('remembered', { count: 1 })).toMatch(/^1 message /);
    expect(say('remembered', { count: 2 })).toMatch(/^2 messages /);
    expect(sayIn('zh')('remembered', { count: 1 })).toContain('1 条消息');
  });

  it('have the same values in every language', () => {
    const values = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();
    for (const name of Object.keys(en) as (keyof typeof en)[]) expect(values(zh[name]), name).toEqual(values(en[name]));
  });

  it('name every command in every language', () => {
    for (const locale of locales) {
      const help = sayIn(locale)('help');
      for (const name of commandNames.map((word) => `/${word}`)) expect(help).toContain(name);
    }
  });
});
