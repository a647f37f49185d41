import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandType,
  ApplicationIntegrationType,
  type RESTPostAPIApplicationCommandsJSONBody as Definition,
  InteractionContextType,
  ApplicationCommandOptionType as Option,
  PermissionFlagsBits,
} from 'discord.js';
import { type SaidName, said, translations } from './texts.ts';

/** Discord's longest command text, far below a message's: a longer question is a message. */
const LONGEST_QUESTION = 6000;

/** The name of the message command. Slash commands are named as they are typed. */
export const ANSWER_THIS = said.answerThis[0];

const everywhere = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
};
const onServers = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild],
  default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
};

const describe = (name: SaidName) => ({
  description: said[name][0],
  description_localizations: translations(name),
});
const choice = (name: SaidName, value: string) => ({
  name: said[name][0],
  name_localizations: translations(name),
  value,
});

const persona = (name: string, text: SaidName, required = false): APIApplicationCommandBasicOption => ({
  type: Option.String,
  name,
  ...describe(text),
  ...(required && { required }),
  autocomplete: true,
});
const scope = (name: string, text: SaidName, scopes: readonly ('me' | 'channel' | 'server')[]) =>
  ({
    type: Option.String,
    name,
    ...describe(text),
    choices: scopes.map((value) => choice(value, value)),
  }) satisfies APIApplicationCommandBasicOption;
const where = scope('where', 'where', ['channel', 'server']);
const on = { type: Option.Boolean, name: 'on', ...describe('on'), required: true } as const;
const words: APIApplicationCommandBasicOption = {
  type: Option.String,
  name: 'value',
  ...describe('words'),
  max_length: 1000,
};
const whom: APIApplicationCommandBasicOption[] = [
  { type: Option.User, name: 'user', ...describe('user') },
  { type: Option.Role, name: 'role', ...describe('role') },
  { type: Option.Channel, name: 'channel', ...describe('inChannel') },
  { type: Option.Boolean, name: 'remove', ...describe('remove') },
];

const setting = (
  name: string,
  text: SaidName,
  options: APIApplicationCommandBasicOption[],
): APIApplicationCommandSubcommandOption => ({ type: Option.Subcommand, name, ...describe(text), options });

const slash = (name: string, text: SaidName, more: Partial<Definition> = {}) =>
  ({ type: ApplicationCommandType.ChatInput, name, ...describe(text), ...everywhere, ...more }) as Definition;

/** All commands, as they are registered with Discord. */
export const definitions: readonly Definition[] = [
  slash('ask', 'ask', {
    options: [
      { type: Option.String, name: 'text', ...describe('askText'), required: true, max_length: LONGEST_QUESTION },
      persona('persona', 'askPersona'),
    ],
  }),
  slash('persona', 'persona', {
    options: [persona('name', 'personaName'), scope('scope', 'personaScope', ['me', 'channel', 'server'])],
  }),
  slash('mood', 'mood', {
    options: [
      { type: Option.String, name: 'name', ...describe('moodName'), max_length: 24 },
      scope('scope', 'personaScope', ['me', 'channel', 'server']),
    ],
  }),
  slash('catchup', 'catchup', {
    options: [{ type: Option.String, name: 'since', ...describe('since'), max_length: 20 }],
  }),
  slash('news', 'news', { options: [{ type: Option.String, name: 'topic', ...describe('topic'), max_length: 100 }] }),
  slash('reset', 'reset'),
  slash('stop', 'stop'),
  slash('retry', 'retry'),
  slash('continue', 'continue'),
  slash('privacy', 'privacy', {
    options: [
      {
        type: Option.String,
        name: 'action',
        ...describe('privacyAction'),
        choices: [choice('show', 'show'), choice('erase', 'erase')],
      },
    ],
  }),
  slash('help', 'help'),
  slash('status', 'status'),
  slash('settings', 'settings', {
    ...onServers,
    options: [
      setting('show', 'settingsShow', []),
      setting('persona', 'settingsPersona', [persona('value', 'personaName', true), where]),
      setting('second-question', 'secondQuestion', [
        {
          type: Option.String,
          name: 'value',
          ...describe('mode'),
          required: true,
          choices: [choice('queue', 'queue'), choice('interrupt', 'interrupt')],
        },
        where,
      ]),
      setting('keywords', 'keywords', [words, where]),
      setting('answer-all', 'answerAll', [on, where]),
      setting('bots', 'bots', [on, where]),
      setting('retention', 'retention', [
        { type: Option.Integer, name: 'value', ...describe('days'), required: true, min_value: 0, max_value: 3650 },
        where,
      ]),
      setting('webhook-identity', 'webhookIdentity', [on, where]),
      setting('listen', 'listen', [on, where]),
      setting('nsfw', 'nsfw', [on, where]),
      setting('blocked-input', 'blockedInput', [words, where]),
      setting('blocked-output', 'blockedOutput', [words, where]),
      setting('block', 'block', whom),
      setting('allow', 'allow', whom),
    ],
  }),
  {
    type: ApplicationCommandType.Message,
    name: ANSWER_THIS,
    name_localizations: translations('answerThis'),
    ...everywhere,
  },
];
