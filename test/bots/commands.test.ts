import { describe, expect, it } from 'vitest';
import { localeOf, parseCommand, texts } from '../../bots/chat/index.ts';

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

  it('name every command in every language', () => {
    for (const { help } of Object.values(texts)) {
      for (const name of ['/persona ', '/personas', '/reset', '/stop', '/help']) expect(help).toContain(name);
    }
  });
});
