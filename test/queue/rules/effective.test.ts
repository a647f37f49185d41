import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Facts } from '../../../bots/chat/access/index.ts';
import { effective, Settings } from '../../../queue/index.ts';

const id = fc.constantFrom('d:1', 'd:2', 'd:3');
const ids = fc.array(id, { maxLength: 3 });
const count = fc.nat(50);
const atLeastOne = fc.integer({ min: 1, max: 50 });
const lists = Object.fromEntries(
  [
    'allowUsers',
    'allowRoles',
    'allowChannels',
    'allowServers',
    'blockUsers',
    'blockRoles',
    'blockChannels',
    'blockServers',
  ]
    .concat('operators', 'managerUsers', 'managerRoles', 'answerAll')
    .map((name) => [name, ids]),
);
const words = fc.array(fc.constantFrom('bomb', 'how to *', '炸弹'), { maxLength: 2 });
const settings: fc.Arbitrary<Settings> = fc
  .record(
    {
      ...lists,
      persona: fc.constantFrom('wit', 'sage'),
      locale: fc.constantFrom('en', 'zh'),
      keywords: fc.array(fc.constantFrom('grok', 'wit'), { maxLength: 2 }),
      bots: fc.constantFrom('ignore', 'allow'),
      secondQuestion: fc.constantFrom('queue', 'interrupt'),
      ...{ botTurns: count, botRepliesPerHour: count, retentionDays: count },
      ...{ userTokensPerDay: count, serverTokensPerDay: count },
      ...{ userPerMinute: atLeastOne, serverPerMinute: atLeastOne, longestQueue: atLeastOne },
      webhookIdentity: fc.boolean(),
      ...{ listen: fc.boolean(), nsfw: fc.boolean(), mood: fc.constantFrom('wild', 'calm') },
      ...{ blockedInput: words, blockedOutput: words },
    },
    { requiredKeys: [] },
  )
  .map((it) => Settings.strict().parse(it));
const layers = fc.array(settings, { minLength: 1, maxLength: 3 });
const facts: fc.Arbitrary<Facts> = fc
  .record({
    user: id,
    roles: ids,
    channels: fc.array(id, { minLength: 1, maxLength: 2 }),
    server: fc.option(id, { nil: undefined }),
    ...{ isBot: fc.boolean(), isSelf: fc.boolean(), canManage: fc.boolean(), isOurErrorText: fc.boolean() },
    ...{ botTurns: fc.nat(10), botRepliesThisHour: fc.nat(20) },
  })
  .map(({ server, ...rest }) => ({ ...rest, ...(server !== undefined && { server }) }));

const LIMITS = [
  'botTurns',
  'botRepliesPerHour',
  'userPerMinute',
  'serverPerMinute',
  'userTokensPerDay',
  'serverTokensPerDay',
  'longestQueue',
  'retentionDays',
] as const;
const none = Number.POSITIVE_INFINITY;

describe('a narrower scope', () => {
  test('never raises a limit', () => {
    fc.assert(
      fc.property(layers, settings, (wide, narrow) => {
        const [before, after] = [effective(wide), effective([...wide, narrow])];
        for (const name of LIMITS) expect(after[name] ?? none, name).toBeLessThanOrEqual(before[name] ?? none);
      }),
    );
  });

  test('lowers a limit to what it says', () => {
    fc.assert(
      fc.property(layers, settings, (wide, narrow) => {
        const [before, after] = [effective(wide), effective([...wide, narrow])];
        for (const name of LIMITS) {
          expect(after[name] ?? none, name).toBe(Math.min(before[name] ?? none, narrow[name] ?? none));
        }
      }),
    );
  });

  test('never lets in whom a wider one keeps out, unless the wider one leaves it open whether bots are answered', () => {
    fc.assert(
      fc.property(layers, settings, facts, (wide, narrow, it) => {
        const before = decide(effective(wide), it);
        const leftOpen = it.isBot && wide.every(({ bots }) => bots === undefined);
        fc.pre(before !== 'answer' && !leftOpen);
        expect(decide(effective([...wide, narrow]), it)).not.toBe('answer');
      }),
      { numRuns: 1000 },
    );
  });

  test('cannot make anybody an operator, nor take operators away', () => {
    fc.assert(
      fc.property(layers, settings, (wide, narrow) => {
        expect(effective([...wide, narrow]).operators).toEqual(effective(wide).operators);
      }),
    );
  });

  test('never opens what a wider one has said no to, and never takes a blocked word back', () => {
    fc.assert(
      fc.property(layers, settings, (wide, narrow) => {
        const [before, after] = [effective(wide), effective([...wide, narrow])];
        for (const name of ['listen', 'nsfw'] as const) {
          if (wide.some((it) => it[name] === false)) expect(after[name], name).toBe(false);
          if (narrow[name] === false) expect(after[name], name).toBe(false);
        }
        expect(after.blocked.input).toEqual(expect.arrayContaining(before.blocked.input));
        expect(after.blocked.output).toEqual(expect.arrayContaining(narrow.blockedOutput ?? []));
      }),
    );
  });

  test('has the last word in matters of taste', () => {
    fc.assert(
      fc.property(layers, settings, (wide, narrow) => {
        const [before, after] = [effective(wide), effective([...wide, narrow])];
        for (const name of [
          'persona',
          'mood',
          'locale',
          'keywords',
          'answerAll',
          'secondQuestion',
          'webhookIdentity',
        ] as const) {
          expect(after[name], name).toEqual(narrow[name] ?? before[name]);
        }
      }),
    );
  });
});

test('the defaults, and what the operator sets in their place', () => {
  expect(effective([])).toEqual(effective([{}, {}]));
  expect(effective([])).toEqual({
    operators: [],
    managers: { users: [], roles: [] },
    block: { users: [], roles: [], channels: [], servers: [] },
    ...{ allow: [], keywords: [], answerAll: [] },
    ...{ bots: 'ignore', botTurns: 3, botRepliesPerHour: 10, secondQuestion: 'queue' },
    ...{
      userPerMinute: 6,
      serverPerMinute: 60,
      longestQueue: 100,
      retentionDays: 30,
      webhookIdentity: false,
      draining: false,
      ...{ listen: false, nsfw: false, blocked: { input: [], output: [] } },
    },
  });
  // The operator may go beyond a default; a server may not.
  expect(effective([{ userPerMinute: 600 }]).userPerMinute).toBe(600);
  expect(effective([{}, { userPerMinute: 600 }]).userPerMinute).toBe(6);
  expect(effective([{}, { retentionDays: 0 }, { retentionDays: 7 }]).retentionDays).toBe(0);
});

test('a server may answer bots when the operator says nothing, and not when they say no', () => {
  expect(effective([{}, { bots: 'allow' }]).bots).toBe('allow');
  expect(effective([{ bots: 'ignore' }, { bots: 'allow' }]).bots).toBe('ignore');
  expect(effective([{ bots: 'allow' }, {}, { bots: 'ignore' }]).bots).toBe('ignore');
});

test('block lists and managers add up, each named once', () => {
  const rules = effective([
    { blockUsers: ['d:1'], managerRoles: ['d:7'] },
    { blockUsers: ['d:2', 'd:1'], managerRoles: ['d:8'] },
  ]);
  expect(rules.block.users).toEqual(['d:1', 'd:2']);
  expect(rules.managers.roles).toEqual(['d:7', 'd:8']);
});
