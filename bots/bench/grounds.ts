import type { BotLog } from '../chat/bot/index.ts';
import type { Ears } from '../chat/heard.ts';
import type { PersonaSource } from '../chat/index.ts';
import type { Surface } from '../chat/surface.ts';
import { startDiscord } from '../discord/index.ts';
import { messageId } from '../telegram/ids.ts';
import { startTelegram } from '../telegram/index.ts';

export type BenchPlatform = 'discord' | 'telegram';

export interface GroundOptions {
  users: number;
  /** How many of them are together in a channel or group. */
  together: number;
}

export interface ConnectOptions {
  log: BotLog;
  personas: PersonaSource;
  persona: string;
  openBot: (surface: Surface) => Ears;
  jobOf: (message: string) => Promise<string | undefined>;
}

/** A fake platform full of people. */
export interface Ground {
  /** A user asks. @returns the platform's id of the message. */
  ask(user: number, text: string): string;
  /** Connects the bot with the platform's real client. */
  connect(options: ConnectOptions): Promise<{ close(): Promise<void> }>;
  /** The messages of the bot that stand there now. */
  texts(): Iterable<string>;
  /** How many edits there were, answers 429, and requests that came while they had been told to wait. */
  counts(): { edits: number; limited: number; violations: number };
  close(): Promise<void>;
}

/** The fakes belong to the tests and are loaded only here. */
export function openGround(platform: BenchPlatform, options: GroundOptions): Promise<Ground> {
  return platform === 'discord' ? openDiscordGround(options) : openTelegramGround(options);
}

/** The log of requests would be what grows. */
const KEEP = 100;

async function openDiscordGround({ users, together }: GroundOptions): Promise<Ground> {
  const { startFakeDiscord } = await import('../../test/fakes/discord/index.ts');
  const fake = await startFakeDiscord({ keepRequests: KEEP });
  const guild = fake.addGuild({ name: 'Load' });
  const people = Array.from({ length: users }, (_, at) => fake.addUser({ name: `User ${at}`, guilds: [guild] }));
  const channels = Array.from({ length: Math.ceil(users / together) }, (_, at) => guild.addChannel(`channel-${at}`));
  return {
    ask: (user, text) => {
      const [person, channel] = [people[user], channels[Math.floor(user / together)]];
      if (!person || !channel) throw new RangeError(`there is no user ${user}`);
      return person.says(channel, text, { mentions: [fake.bot] }).id;
    },
    connect: ({ log, openBot }) => startDiscord({ token: fake.token, api: fake.url, log, openBot }),
    *texts() {
      for (const { messages } of channels)
        for (const { author, content } of messages.values()) if (author.id === fake.bot.id) yield content;
    },
    counts: () => {
      const { limited, violations } = fake.counts;
      return { limited, violations, edits: channels.reduce((sum, { edits }) => sum + edits, 0) };
    },
    close: () => fake.close(),
  };
}

async function openTelegramGround({ users, together }: GroundOptions): Promise<Ground> {
  const { startFakeTelegram } = await import('../../test/fakes/telegram/index.ts');
  const fake = await startFakeTelegram({ keepRequests: KEEP });
  const people = Array.from({ length: users }, (_, at) => fake.addUser({ first_name: `User ${at}` }));
  const groups = Array.from({ length: Math.ceil(users / together) }, (_, at) =>
    fake.addGroup({ title: `Group ${at}`, members: people.slice(at * together, (at + 1) * together) }),
  );
  return {
    ask: (user, text) => {
      const [person, group] = [people[user], groups[Math.floor(user / together)]];
      if (!person || !group) throw new RangeError(`there is no user ${user}`);
      return messageId(group.id, person.says(group, `@${fake.bot.username} ${text}`).id);
    },
    connect: (options) => startTelegram({ token: fake.token, apiRoot: fake.url, ...options }),
    *texts() {
      for (const { messages } of groups)
        for (const { from, text } of messages.values()) if (from === fake.bot) yield text;
    },
    counts: () => {
      const { limited, violations } = fake.counts;
      return { limited, violations, edits: groups.reduce((sum, { counts }) => sum + counts.edits, 0) };
    },
    close: () => fake.close(),
  };
}
