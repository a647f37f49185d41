import { ApplicationCommandType } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { definitions } from '../../../bots/discord/commands/definitions.ts';
import { flatten } from '../../../bots/discord/commands/options.ts';
import { sameCommands } from '../../../bots/discord/commands/same.ts';

/** What Discord makes of our commands: ids and versions, its own defaults, and another order of keys. */
const registered = () =>
  definitions.map((definition, at) => ({
    version: '1',
    id: String(at),
    application_id: '9',
    nsfw: false,
    default_member_permissions: null,
    description: '',
    dm_permission: true,
    name_localized: 'x',
    ...reversed(structuredClone(definition)),
  }));

type Some = { [key: string]: unknown };

function reversed(value: unknown): Some {
  const deep = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(deep);
    return typeof part === 'object' && part !== null ? reversed(part) : part;
  };
  return Object.fromEntries(
    Object.entries(value as object)
      .reverse()
      .map(([key, part]) => [key, deep(part)]),
  );
}

const named = (name: string, commands: Some[]) => commands.find((command) => command.name === name) as Some;

describe('commands', () => {
  it('are the same when Discord has only filled in what is its own', () => {
    expect(sameCommands(definitions, registered())).toBe(true);
    expect(sameCommands(definitions, registered().reverse())).toBe(true);
  });

  it('are the same when Discord leaves out what is empty', () => {
    const theirs = registered();
    for (const { options } of theirs as { options?: Some[] }[]) {
      for (const option of options ?? [])
        if (Array.isArray(option.options) && !option.options.length) delete option.options;
    }
    expect(sameCommands(definitions, theirs)).toBe(true);
  });

  it.each<[string, (commands: Some[]) => unknown]>([
    ['one is missing', (all) => all.pop()],
    ['there is one more', (all) => all.push({ type: 1, name: 'old', description: 'old' })],
    ['a description differs', (all) => Object.assign(named('ask', all), { description: 'Ask' })],
    [
      'a translation differs',
      (all) => Object.assign(named('ask', all).description_localizations as Some, { 'zh-CN': '问' }),
    ],
    ['a translation is missing', (all) => delete (named('ask', all).description_localizations as Some)['zh-TW']],
    [
      'an option is no longer required',
      (all) => Object.assign((named('ask', all).options as Some[])[0] ?? {}, { required: false }),
    ],
    ['options are in another order', (all) => (named('ask', all).options as Some[]).reverse()],
    ['a choice is missing', (all) => (((named('privacy', all).options as Some[])[0] as Some).choices as Some[]).pop()],
    ['it may be used in fewer places', (all) => Object.assign(named('ask', all), { contexts: [0] })],
    ['others may use it', (all) => Object.assign(named('settings', all), { default_member_permissions: null })],
    ['it has become another kind', (all) => Object.assign(named('help', all), { type: 2 })],
  ])('differ when %s', (_, change) => {
    const theirs = registered();
    change(theirs);
    expect(sameCommands(definitions, theirs)).toBe(false);
  });

  it('keep to what Discord allows', () => {
    const check = (part: Some, isCommand: boolean) => {
      const message = part.type === ApplicationCommandType.Message && isCommand;
      expect(part.name).toMatch(message ? /^[\w ]{1,32}$/ : /^[-_\p{Ll}]{1,32}$/u);
      if (!message) {
        for (const text of [part.description, ...Object.values(part.description_localizations as Some)]) {
          expect(text).toMatch(/^.{1,100}$/u);
        }
      }
      const options = (part.options ?? []) as Some[];
      expect(options.length).toBeLessThanOrEqual(25);
      const required = options.map((option) => option.required === true);
      expect(required).toEqual([...required].sort().reverse());
      expect(new Set(options.map(({ name }) => name)).size).toBe(options.length);
      for (const option of options) check(option, false);
    };
    for (const definition of definitions) check(definition as unknown as Some, true);
    expect(definitions.filter(({ type }) => type === ApplicationCommandType.Message)).toHaveLength(1);
  });

  it('leave the settings to those who manage the server', () => {
    const settings = named('settings', definitions as unknown as Some[]);
    expect(settings).toMatchObject({ default_member_permissions: '32', contexts: [0], integration_types: [0] });
  });
});

describe('the options of a command', () => {
  it.each([
    [[], {}],
    [
      [
        { name: 'name', value: 'guide' },
        { name: 'scope', value: 'me' },
      ],
      { name: 'guide', scope: 'me' },
    ],
    [[{ name: 'show', options: [] }], { key: 'show' }],
    [[{ name: 'show' }], { key: 'show' }],
    [
      [
        {
          name: 'answer-all',
          options: [
            { name: 'on', value: false },
            { name: 'where', value: 'channel' },
          ],
        },
      ],
      { key: 'answer-all', value: 'false', scope: 'channel' },
    ],
    [[{ name: 'retention', options: [{ name: 'value', value: 0 }] }], { key: 'retention', value: '0' }],
    [
      [
        {
          name: 'block',
          options: [
            { name: 'user', value: '12' },
            { name: 'remove', value: true },
          ],
        },
      ],
      { key: 'block', user: '12', remove: 'true' },
    ],
  ])('%j become %j', (given, flat) => {
    expect(flatten(given)).toEqual(flat);
  });
});
