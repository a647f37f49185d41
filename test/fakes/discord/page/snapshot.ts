import type { Person } from '../people/person.ts';
import type { Channel } from '../state/channel.ts';
import { MESSAGE_MENU } from '../state/commands.ts';
import type { Component } from '../state/components.ts';
import type { Interaction } from '../state/interaction.ts';
import type { Message } from '../state/message.ts';
import { may } from '../state/permissions.ts';
import { all } from '../state/view.ts';
import { offers } from './slash.ts';

const TYPING_MS = 10_000;
/** For how long it is said that the bot did not answer. */
const FAILED_MS = 60_000;
/** How many messages are shown. */
const SHOWN = 200;

/** All that somebody sees in the page: where they can go, and what stands in the channel they look at. */
export function snapshot(person: Person, people: readonly Person[], channel: Channel, submitted: ReadonlySet<string>) {
  const { world } = channel;
  const now = world.clock.now();
  const own = [...world.interactions.values()].filter((one) => one.user === person && one.channel === channel);
  const hidden = own.flatMap(({ messages }) => messages.filter(({ ephemeralTo, deleted }) => ephemeralTo && !deleted));
  const messages = [...channel.messages.values(), ...hidden].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const opened = own.findLast(({ modal, id }) => modal && !submitted.has(id));
  const commands = [...world.commands.list(), ...(channel.guild ? world.commands.list(channel.guild) : [])];
  return {
    me: person.id,
    bot: { id: world.bot.id, name: world.bot.name },
    people: people.map(({ id, name }) => ({ id, name })),
    channel: channel.id,
    places: places(person),
    messages: messages.slice(-SHOWN).map((message) => messageView(message)),
    typing: [...channel.typing]
      .filter(([id, at]) => id !== person.id && now - at < TYPING_MS)
      .flatMap(([id]) => world.users.get(id)?.name ?? []),
    failed: own
      .filter((one) => one.failed && now - one.createdAt < FAILED_MS)
      .map(({ command }) => command?.name ?? ''),
    modal: opened && modalView(opened),
    commands: offers(commands, person.locale),
    menus: commands.filter(({ type }) => type === MESSAGE_MENU).map(({ name }) => name),
  };
}

/** Where somebody can talk: channels with their threads, then the direct messages with the bot. */
export function places(person: Person) {
  const direct = person.dm();
  const channels = [...direct.world.channels.values()].filter(({ guild }) => guild);
  const seen = channels.filter((channel) => may(person, channel, 'ViewChannel'));
  const listed = seen
    .filter(({ isThread }) => !isThread)
    .flatMap((channel) => [channel, ...seen.filter(({ parent }) => parent === channel)]);
  return [...listed, direct].map((channel) => ({
    id: channel.id,
    name: channel === direct ? direct.world.bot.name : channel.name,
    kind: channel === direct ? 'dm' : channel.isThread ? 'thread' : 'channel',
    last: channel.last?.id ?? '0',
  }));
}

function messageView(message: Message) {
  const { id, author, channel, content, reference, components, createdAt, editedAt, ephemeralTo, isLoading } = message;
  const text = [content, ...all(components).flatMap(({ type, content }) => (type === 10 && content ? [content] : []))];
  return {
    id,
    author: { id: author.id, name: author.name, bot: author.bot },
    at: createdAt,
    edited: editedAt !== undefined,
    text: named(text.filter(Boolean).join('\n'), message),
    embeds: message.embeds.map(({ title, description }) => [title, description].filter(Boolean).join('\n')),
    files: message.attachments.map(({ filename }) => filename),
    reply: reference && {
      author: reference.author.name,
      text: channel.messages.has(reference.id) ? named(reference.content, reference).slice(0, 120) : undefined,
    },
    only: ephemeralTo !== undefined,
    loading: isLoading,
    buttons: all(components).filter(isButton).map(buttonView),
    reactions: [...message.reactions].map(([emoji, users]) => ({ emoji, count: users.size })),
  };
}

/** Mentions by name instead of by number. */
function named(text: string, { channel: { world } }: Message): string {
  return text.replace(/<@!?(\d+)>/g, (whole, id: string) =>
    world.users.has(id) ? `@${world.users.get(id)?.name}` : whole,
  );
}

function isButton({ type, custom_id }: Component): boolean {
  return type === 2 && custom_id !== undefined;
}

function buttonView({ custom_id = '', label, emoji, style = 2, disabled = false }: Component) {
  return { id: custom_id, label: [emoji?.name, label].filter(Boolean).join(' '), style, disabled };
}

function modalView({ id, modal }: Interaction) {
  const fields = all(modal?.components ?? []).filter(({ type }) => type === 4);
  return {
    interaction: id,
    title: modal?.title ?? '',
    fields: fields.map(({ custom_id = '', label, value = '', style = 1 }) => ({
      id: custom_id,
      label: label ?? custom_id,
      value,
      long: style === 2,
    })),
  };
}
