import * as discord from '../../fakes/discord/index.ts';
import * as telegram from '../../fakes/telegram/index.ts';
import type { PlatformName } from './fixtures/connect.ts';

/** A place with somebody who asks, in words that no platform has for itself. */
export interface Room {
  /** Asks the bot something. @param name - who asks: the same name is the same person. */
  ask(text: string, name?: string): void;
  /** Says something that may be meant for anybody. */
  says(text: string, name?: string): void;
  /** Sends a picture to the bot, without a word. */
  shows(name?: string): void;
  /** The messages of the bot that stand there, oldest first, as text. */
  texts(): string[];
  /** Whether anything of a reply is seen, be it a preview. */
  begun(): boolean;
  /** What may be pressed below each of them. */
  buttons(): string[];
  /** What calls somebody by name, when it is written by whoever is allowed to. */
  mentionOf(name: string): string;
  /** `platform:place`. */
  readonly conversation: string;
}

/** Which request is meant: the bot's first message in a room, an edit of it, or the one that shows it whole. */
export type Which = 'send' | 'edit' | 'final';

export interface Planned {
  readonly hits: number;
}

/** A fake platform. */
export interface Platform {
  readonly name: PlatformName;
  readonly token: string;
  readonly url: string;
  room(): Room;
  /** A place for one person and the bot. */
  aside(): Room;
  /** The next request of this kind gets no answer; whether it takes effect, `done` says. */
  hold(which: Which, done: boolean): Planned;
  /** How often the bot called somebody by name, so that they hear of it. */
  readonly pings: number;
  /** How many requests came while they had been told to wait. */
  readonly violations: number;
  /** Tells the bot something that nobody said. */
  inject(payload: unknown): void;
  /** Something as the platform tells it, to be broken. */
  sample(): object;
  /** Waits until the bot asks for nothing any more. */
  settled(quietMs: number): Promise<unknown>;
  close(): Promise<void>;
}

const many = { requests: 1_000_000, perMs: 1000 };

export interface PlatformOptions {
  /** The platform's real limits. Default: none to speak of. */
  limited?: boolean;
  /** Whether the bot is told all that is said, where the platform leaves that open. Default: what is meant for it. */
  hearsAll?: boolean;
}

/** How each platform is started. */
export const platforms: Record<PlatformName, (options?: PlatformOptions) => Promise<Platform>> = {
  discord: startDiscordPlatform,
  telegram: startTelegramPlatform,
};

async function startDiscordPlatform({ limited = false }: PlatformOptions = {}): Promise<Platform> {
  const names = Object.keys(discord.defaultLimits);
  const limits = limited ? {} : Object.fromEntries(names.map((name) => [name, many]));
  const fake = await discord.startFakeDiscord({ limits, interactionMs: 60_000 });
  let rooms = 0;
  return {
    name: 'discord',
    token: fake.token,
    url: fake.url,
    room() {
      const guild = fake.addGuild({ name: `Server ${++rooms}`, members: [] });
      const people = new Map<string, discord.Person>();
      const person = (name: string) => {
        const known = people.get(name) ?? fake.addUser({ name, guilds: [guild] });
        people.set(name, known);
        return known;
      };
      return roomIn(fake, guild.addChannel('general'), person);
    },
    aside() {
      const ann = fake.addUser({ name: 'Ann', guilds: [] });
      return roomIn(fake, ann.dm(), () => ann);
    },
    hold: (which, done) =>
      fake.hang(
        ({ method, path, body }) => {
          if (!/^\/channels\/\d+\/messages/.test(path)) return false;
          const isFinal = JSON.stringify(body ?? {}).includes('w:retry');
          if (which === 'final') return isFinal;
          return !isFinal && method === (which === 'send' ? 'POST' : 'PATCH');
        },
        { done, socket: 'open' },
      ),
    get pings() {
      return fake.pings.length;
    },
    get violations() {
      return fake.counts.violations;
    },
    inject: (payload) => {
      const kinds = ['MESSAGE_CREATE', 'MESSAGE_UPDATE', 'MESSAGE_DELETE', 'INTERACTION_CREATE', 'NOBODY_KNOWS'];
      fake.gateway.inject(kinds[Math.floor(Math.random() * kinds.length)] ?? '', payload);
    },
    sample: () => {
      const guild = fake.addGuild({ name: 'Sample' });
      const somebody = fake.addUser({ name: 'Sam', guilds: [guild] });
      return somebody.says(guild.addChannel('general'), 'hello <@1> <#2>', {}).eventJson(true);
    },
    settled: (quietMs) => fake.settled({ quietMs, within: 100_000 }),
    close: () => fake.close(),
  };
}

function roomIn(fake: discord.FakeDiscord, channel: discord.Channel, person: (name: string) => discord.Person): Room {
  const ours = () => [...channel.messages.values()].filter(({ author }) => author.id === fake.bot.id);
  return {
    conversation: `discord:${channel.id}`,
    mentionOf: (name) => `<@${person(name).id}>`,
    ask: (text, name = 'Ann') => void person(name).says(channel, text, { mentions: [fake.bot] }),
    says: (text, name = 'Ann') => void person(name).says(channel, text),
    shows: (name = 'Ann') =>
      void person(name).says(channel, '', { mentions: [fake.bot], attachments: [{ filename: 'a.png' }] }),
    texts: () => ours().map(({ content }) => content),
    begun: () => ours().length > 0,
    buttons: () => ours().map(({ components }) => (components.length > 0 ? JSON.stringify(components) : '')),
  };
}

async function startTelegramPlatform({ limited = false, hearsAll = false }: PlatformOptions = {}): Promise<Platform> {
  const limits = limited ? {} : Object.fromEntries(Object.keys(telegram.defaultLimits).map((name) => [name, many]));
  const fake = await telegram.startFakeTelegram({ limits, readsAll: hearsAll });
  let rooms = 0;
  let members = 0;
  let previews = 0;
  const newPerson = (name: string) =>
    fake.addUser({ first_name: name, username: `member_${++members}`, language_code: 'en' });
  return {
    name: 'telegram',
    token: fake.token,
    url: fake.url,
    room() {
      const group = fake.addGroup({ title: `Group ${rooms++}`, members: [] });
      const people = new Map<string, telegram.Person>();
      const person = (name: string) => {
        const known = people.get(name) ?? newPerson(name);
        people.set(name, known);
        group.members.set(known.id, 'member');
        return known;
      };
      return chatIn(fake, group, person);
    },
    aside() {
      const ann = newPerson('Ann');
      return chatIn(fake, ann.chat, () => ann);
    },
    hold: (which, done) =>
      fake.hang(
        ({ method, body }) => {
          if (!['sendMessage', 'editMessageText', 'sendMessageDraft'].includes(method)) return false;
          const isFinal = JSON.stringify(body).includes('b:retry');
          if (which === 'final') return isFinal;
          // A preview that grows is edited by being sent again.
          const first = method === 'sendMessage' || (method === 'sendMessageDraft' && previews++ === 0);
          return !isFinal && (which === 'send') === first;
        },
        { done, socket: 'open' },
      ),
    get pings() {
      return fake.pings.length;
    },
    get violations() {
      return fake.counts.violations;
    },
    inject: (payload) => {
      const kinds = ['message', 'edited_message', 'callback_query', 'inline_query', 'my_chat_member', 'nobody_knows'];
      const kind = kinds[Math.floor(Math.random() * kinds.length)] ?? '';
      fake.updates.queue.add(kind, payload as object, '');
    },
    sample: () => {
      const somebody = fake.addUser({ first_name: 'Sam' });
      return somebody.says(fake.addGroup({ title: 'Sample' }), 'hello @all', {}).json() as object;
    },
    settled: (quietMs) => fake.settled({ quietMs, within: 100_000 }),
    close: () => fake.close(),
  };
}

function chatIn(fake: telegram.FakeTelegram, chat: telegram.Chat, person: (name: string) => telegram.Person): Room {
  const ours = () => [...chat.messages.values()].filter(({ from }) => from === fake.bot);
  const called = `@${fake.bot.username}`;
  return {
    conversation: `telegram:${chat.id}`,
    mentionOf: (name) => `@${person(name).username}`,
    ask: (text, name = 'Ann') => void person(name).says(chat, `${called} ${text}`),
    says: (text, name = 'Ann') => void person(name).says(chat, text),
    shows: (name = 'Ann') =>
      void person(name).says(chat, called, { document: { name: 'a.png', bytes: Buffer.from('a') } }),
    texts: () => ours().map(({ text }) => text),
    begun: () => ours().length + chat.drafts.length > 0,
    buttons: () => ours().map(({ keyboard }) => (keyboard ? JSON.stringify(keyboard) : '')),
  };
}
