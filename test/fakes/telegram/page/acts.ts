import { z } from 'zod';
import type { Person } from '../people/person.ts';
import type { InlineQuery } from '../state/inline.ts';
import type { Message } from '../state/message.ts';
import type { Place } from './places.ts';

const about = { user: z.coerce.string(), place: z.string() };
const onMessage = { ...about, message: z.number() };

/** What the page can ask for. */
export const actSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('say'), ...about, text: z.string().min(1).max(4096), replyTo: z.number().optional() }),
  z.object({ act: z.literal('edit'), ...onMessage, text: z.string().min(1).max(4096) }),
  z.object({ act: z.literal('delete'), ...onMessage }),
  z.object({ act: z.literal('press'), ...onMessage, button: z.string() }),
  z.object({ act: z.literal('react'), ...onMessage, emoji: z.string().max(8) }),
  z.object({ act: z.literal('stop'), ...about, draft: z.number() }),
  z.object({ act: z.literal('start'), ...about, payload: z.string().max(64).default('') }),
  z.object({ act: z.literal('block'), ...about }),
  z.object({ act: z.literal('inline'), ...about, query: z.string().max(256) }),
  z.object({ act: z.literal('choose'), ...about, query: z.string(), result: z.string() }),
]);

export type Act = z.infer<typeof actSchema>;

/** How long the page waits for an answer to an inline query, in milliseconds. */
const PATIENCE_MS = 15_000;

/** Does it for a person. @returns what the page is to know. @throws Error in words for the person */
export async function perform(person: Person, { chat, topic }: Place, act: Act): Promise<object> {
  switch (act.act) {
    case 'say': {
      const replyTo = act.replyTo === undefined ? undefined : chat.messages.get(act.replyTo);
      person.says(chat, act.text, { ...(replyTo && { replyTo }), ...(topic && { topic }) });
      return {};
    }
    case 'start':
      person.starts(act.payload);
      return {};
    case 'block':
      if (chat.blocked) person.unblocks();
      else person.blocks();
      return {};
    case 'stop':
      person.stops(chat.drafts.find(({ id }) => id === act.draft));
      return {};
    case 'inline': {
      const chatType = chat.type === 'private' ? 'sender' : chat.type;
      const { id, answer } = await person.inline(act.query, { chatType, within: PATIENCE_MS });
      return { query: id, results: answer.results.map(({ id, title, description }) => ({ id, title, description })) };
    }
    case 'choose': {
      const query = chat.world.queries.get(act.query);
      person.chooses(
        query as InlineQuery,
        query?.answer?.results.find(({ id }) => id === act.result),
        chat,
      );
      return {};
    }
    default: {
      const message = chat.messages.get(act.message);
      if (!message) throw new Error('the message is gone');
      touch(person, message, act);
      return {};
    }
  }
}

function touch(person: Person, message: Message, act: Extract<Act, { message: number }>): void {
  if (act.act === 'edit') person.edits(message, act.text);
  else if (act.act === 'press') person.presses(message, act.button);
  else if (act.act === 'react') person.reacts(message, act.emoji);
  else if (message.from !== person) throw new Error('that is not yours');
  else person.deletes(message);
}
