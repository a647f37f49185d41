import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Facts, mayChange, triggerOf } from '../../../../bots/chat/access/index.ts';
import { effective, type Settings } from '../../../../queue/index.ts';

const ann: Facts = {
  ...{ user: 'd:ann', roles: ['d:friends'], channels: ['d:thread', 'd:general'], server: 'd:home' },
  ...{ isBot: false, isSelf: false, canManage: false, isOurErrorText: false, botTurns: 0, botRepliesThisHour: 0 },
};
const bot: Facts = { ...ann, user: 'd:bot', roles: [], isBot: true, botTurns: 1 };
const { server: _, ...withoutServer } = ann;
const direct: Facts = { ...withoutServer, roles: [], channels: ['d:dm'] };
const given = (facts: Facts, ...settings: Settings[]) => decide(effective(settings), facts);

describe('without rules', () => {
  test('people are answered, everywhere', () => {
    expect(given(ann)).toBe('answer');
    expect(given(direct)).toBe('answer');
  });

  test('bots, ourselves and our own error texts are not', () => {
    expect(given(bot)).toEqual({ ignore: 'bot' });
    expect(given({ ...ann, isSelf: true })).toEqual({ ignore: 'self' });
    expect(given({ ...ann, isOurErrorText: true })).toEqual({ ignore: 'own-error' });
  });
});

describe('a block list', () => {
  const lists: [Settings, string][] = [
    [{ blockUsers: ['d:ann'] }, 'blocked-user'],
    [{ blockRoles: ['d:friends'] }, 'blocked-role'],
    [{ blockChannels: ['d:general'] }, 'blocked-channel'],
    [{ blockChannels: ['d:thread'] }, 'blocked-channel'],
    [{ blockServers: ['d:home'] }, 'blocked-server'],
  ];
  const everything: Settings = {
    ...{ allowUsers: ['d:ann'], allowRoles: ['d:friends'], allowChannels: ['d:general'], allowServers: ['d:home'] },
    ...{ operators: ['d:ann'], managerUsers: ['d:ann'] },
  };

  test.each(lists)('%o beats all that allows', (blocks, ignore) => {
    expect(given({ ...ann, canManage: true }, blocks, everything)).toEqual({ ignore });
    expect(given({ ...ann, canManage: true }, everything, blocks)).toEqual({ ignore });
  });

  test('of others changes nothing', () => {
    const others = { blockUsers: ['d:bob'], blockRoles: ['d:x'], blockChannels: ['d:x'], blockServers: ['d:x'] };
    expect(given(ann, others)).toBe('answer');
  });
});

describe('an allow list', () => {
  test('lets in by name or by role', () => {
    expect(given(ann, { allowUsers: ['d:bob'] })).toEqual({ refuse: 'user-not-allowed' });
    expect(given(ann, { allowUsers: ['d:bob'], allowRoles: ['d:friends'] })).toBe('answer');
    expect(given(ann, { allowRoles: ['d:other'] })).toEqual({ refuse: 'user-not-allowed' });
    expect(given(ann, { allowUsers: ['d:ann'] })).toBe('answer');
  });

  test('of channels lets in the threads of a channel', () => {
    expect(given(ann, { allowChannels: ['d:general'] })).toBe('answer');
    expect(given(ann, { allowChannels: ['d:other'] })).toEqual({ refuse: 'channel-not-allowed' });
  });

  test('of servers shuts direct messages too', () => {
    expect(given(ann, { allowServers: ['d:home'] })).toBe('answer');
    expect(given(direct, { allowServers: ['d:home'] })).toEqual({ refuse: 'server-not-allowed' });
  });

  test('that is empty allows all', () => {
    expect(given(ann, { allowUsers: [], allowRoles: [], allowChannels: [], allowServers: [] })).toBe('answer');
  });

  test('of the server cannot open what the operator keeps shut', () => {
    expect(given(ann, { allowUsers: ['d:bob'] }, { allowUsers: ['d:ann'] })).toEqual({ refuse: 'user-not-allowed' });
    expect(given(ann, { allowUsers: ['d:ann', 'd:bob'] }, { allowUsers: ['d:ann'] })).toBe('answer');
  });

  test('keeps bots out without a word', () => {
    expect(given(bot, { bots: 'allow', allowUsers: ['d:ann'] })).toEqual({ ignore: 'bot' });
  });
});

describe('bots that are allowed', () => {
  const allow: Settings = { bots: 'allow' };

  test('are answered three times in a row', () => {
    expect([1, 2, 3].map((botTurns) => given({ ...bot, botTurns }, allow))).toEqual(['answer', 'answer', 'answer']);
    expect(given({ ...bot, botTurns: 4 }, allow)).toEqual({ ignore: 'bot-turns' });
    expect(given({ ...bot, botTurns: 1 }, { ...allow, botTurns: 0 })).toEqual({ ignore: 'bot-turns' });
  });

  test('are answered ten times an hour, however slowly they come', () => {
    expect(given({ ...bot, botRepliesThisHour: 9 }, allow)).toBe('answer');
    expect(given({ ...bot, botRepliesThisHour: 10 }, allow)).toEqual({ ignore: 'bot-replies' });
  });

  test('do not keep people from being answered', () => {
    expect(given({ ...ann, botTurns: 50, botRepliesThisHour: 50 }, allow)).toBe('answer');
  });
});

test('no bot is ever refused in words, and no rule ever answers ourselves', () => {
  const ids = fc.array(fc.constantFrom('d:ann', 'd:bot', 'd:friends', 'd:general', 'd:home'));
  const settings = fc.record(
    {
      ...{ allowUsers: ids, allowRoles: ids, allowChannels: ids, allowServers: ids, blockUsers: ids, blockRoles: ids },
      bots: fc.constantFrom('ignore' as const, 'allow' as const),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(settings, { maxLength: 4 }), fc.nat(5), fc.nat(12), (layers, botTurns, botRepliesThisHour) => {
      const rules = effective(layers);
      expect(decide(rules, { ...bot, botTurns, botRepliesThisHour })).not.toHaveProperty('refuse');
      expect(decide(rules, { ...ann, isSelf: true })).toEqual({ ignore: 'self' });
    }),
  );
});

describe('the settings may be changed', () => {
  const may = (who: Facts, scope: Parameters<typeof mayChange>[2], ...settings: Settings[]) =>
    mayChange(effective(settings), who, scope);
  const manager = { ...ann, canManage: true };

  test('of a server and its channels by those who manage it', () => {
    expect(may(ann, 'server:d:home')).toBe(false);
    expect(may(manager, 'server:d:home')).toBe(true);
    expect(may(manager, 'channel:d:general')).toBe(true);
    expect(may(ann, 'server:d:home', {}, { managerUsers: ['d:ann'] })).toBe(true);
    expect(may(ann, 'channel:d:thread', {}, { managerRoles: ['d:friends'] })).toBe(true);
  });

  test('of another server, or of everything, by operators only', () => {
    for (const scope of ['all', 'server:d:other', 'channel:d:other', 'user:d:bob'] as const) {
      expect(may(manager, scope, { managerUsers: ['d:ann'] }, { managerRoles: ['d:friends'] })).toBe(false);
      expect(may(manager, scope, {}, { operators: ['d:ann'] })).toBe(false);
      expect(may(ann, scope, { operators: ['d:ann'] })).toBe(true);
    }
  });

  test('of oneself by oneself, also where nobody manages', () => {
    expect(may(direct, 'user:d:ann')).toBe(true);
    expect(may(direct, 'channel:d:dm')).toBe(false);
    expect(may({ ...direct, canManage: true }, 'channel:d:dm')).toBe(true);
  });

  test('by managers who are not in the allow list: nobody can lock themselves out', () => {
    expect(may(manager, 'server:d:home', {}, { allowUsers: ['d:bob'], blockUsers: ['d:ann'] })).toBe(true);
  });
});

describe('a message that is not addressed to us', () => {
  const rules = effective([{ keywords: ['Grok', '笑话', 'c++'], answerAll: ['d:bots'] }]);
  const trigger = (text: string, channels = ['d:general']) => triggerOf(rules, { channels, text });

  test('is a question in a channel where all is answered, and in its threads', () => {
    expect(trigger('hello', ['d:bots'])).toBe('channel');
    expect(trigger('hello', ['d:thread', 'd:bots'])).toBe('channel');
    expect(trigger('hello')).toBeUndefined();
  });

  test('is a question with a keyword that is a word', () => {
    for (const text of [
      'grok, hi',
      'hey GROK',
      'ｇｒｏｋ?',
      '"Grok"',
      'grokking grok',
      'what is C++?',
      '讲个笑话吧',
      '问grok一下',
    ]) {
      expect(trigger(text), text).toBe('keyword');
    }
    for (const text of ['grokking', 'agrok', 'grok2', 'grök', '', '笑 话']) expect(trigger(text), text).toBeUndefined();
  });
});
