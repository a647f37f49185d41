import { z } from 'zod';
import type { Person } from '../people/person.ts';
import type { Channel } from '../state/channel.ts';
import type { Message } from '../state/message.ts';
import type { World } from '../state/world.ts';
import { parseSlash } from './slash.ts';

const about = { user: z.string(), channel: z.string() };
const onMessage = { ...about, message: z.string() };

/** What the page can ask for. */
export const actSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('say'), ...about, text: z.string().max(4000), replyTo: z.string().optional() }),
  z.object({ act: z.literal('suggest'), ...about, text: z.string().max(4000) }),
  z.object({ act: z.literal('type'), ...about }),
  z.object({ act: z.literal('edit'), ...onMessage, text: z.string().min(1).max(4000) }),
  z.object({ act: z.literal('delete'), ...onMessage }),
  z.object({ act: z.literal('press'), ...onMessage, button: z.string() }),
  z.object({ act: z.literal('react'), ...onMessage, emoji: z.string().max(8) }),
  z.object({ act: z.literal('menu'), ...onMessage, command: z.string() }),
  z.object({ act: z.literal('thread'), ...about, name: z.string().min(1).max(100) }),
  z.object({ act: z.literal('submit'), ...about, interaction: z.string(), values: z.record(z.string(), z.string()) }),
]);

export type Act = z.infer<typeof actSchema>;

/** Does it for a person. @returns what the page is to know. @throws Error in words for the person */
export async function perform(world: World, person: Person, channel: Channel, act: Act, submitted: Set<string>) {
  switch (act.act) {
    case 'say':
      return say(world, person, channel, act.text, act.replyTo);
    case 'suggest': {
      const { name, values } = parseSlash(world, channel.guild, act.text);
      return { choices: await person.autocomplete(channel, name, values, 5000) };
    }
    case 'type':
      person.types(channel);
      return {};
    case 'thread':
      return { channel: person.opens(channel.parent ?? channel, act.name).id };
    case 'submit': {
      const opened = [...world.interactions.values()].find(({ id }) => id === act.interaction);
      if (!opened) throw new Error('the form is gone');
      submitted.add(opened.id);
      person.submits(opened, act.values);
      return {};
    }
    default:
      touch(person, messageOf(world, channel, act.message), act);
      return {};
  }
}

function say(world: World, person: Person, channel: Channel, text: string, replyTo: string | undefined) {
  if (text.startsWith('/')) {
    const { name, values } = parseSlash(world, channel.guild, text);
    person.slash(channel, name, values);
    return {};
  }
  const answered = replyTo === undefined ? undefined : channel.messages.get(replyTo);
  // In the Discord app a name becomes a mention when it is chosen from a list.
  const named = text.replace(/@([\p{L}\p{N}_]+)/gu, (whole, name: string) => {
    const user = [...world.users.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
    return user ? `<@${user.id}>` : whole;
  });
  person.says(channel, named, { ...(answered && { replyTo: answered }) });
  return {};
}

function touch(person: Person, message: Message, act: Extract<Act, { message: string }>): void {
  if (act.act === 'edit') person.edits(message, act.text);
  else if (act.act === 'press') person.presses(message, act.button);
  else if (act.act === 'react') person.reacts(message, act.emoji);
  else if (act.act === 'menu') person.context(message, act.command);
  else if (message.author !== person) throw new Error('that is not yours');
  else person.deletes(message);
}

function messageOf(world: World, channel: Channel, id: string): Message {
  const hidden = [...world.interactions.values()].flatMap(({ messages }) => messages);
  const message = channel.messages.get(id) ?? hidden.find((one) => one.id === id && !one.deleted);
  if (!message) throw new Error('the message is gone');
  return message;
}
