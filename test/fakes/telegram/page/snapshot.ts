import type { Person } from '../people/person.ts';
import type { Chat } from '../state/chat.ts';
import type { Draft } from '../state/draft.ts';
import type { Message } from '../state/message.ts';
import { runs } from '../text/runs.ts';
import { type Place, placesOf } from './places.ts';

/** How long an action such as typing is seen. */
const ACTION_MS = 5000;
/** How long the answer to a press is seen. */
const ANSWER_MS = 10_000;
/** How many messages are shown. */
const SHOWN = 200;

/** All that somebody sees in the page: where they can go, and what stands in the chat they look at. */
export function snapshot(person: Person, people: readonly Person[], { id, chat, topic }: Place) {
  const { world } = chat;
  const here = [...chat.messages.values()].filter((message) => message.topic === topic || (!topic && !chat.isForum));
  return {
    me: person.id,
    bot: { id: world.bot.id, name: world.bot.name, username: world.bot.username },
    people: people.map(({ id, name }) => ({ id, name })),
    place: id,
    places: placesOf(world, person).map(({ id, name, kind, chat, topic }) => ({
      id,
      name,
      kind,
      last: lastOf(chat, topic),
    })),
    kind: chat.type,
    started: chat.started,
    blocked: chat.blocked,
    closed: topic?.closed ?? false,
    messages: here.slice(-SHOWN).map(messageView),
    drafts: chat.drafts.map(draftView),
    action: actionOf(chat, topic?.id),
    answers: answersFor(person, chat),
    commands: person.menu(chat).map(({ command, description }) => ({ name: `/${command}`, description })),
  };
}

function lastOf(chat: Chat, topic: Place['topic']): number {
  return [...chat.messages.values()].findLast((message) => message.topic === topic)?.id ?? 0;
}

function messageView(message: Message) {
  const { id, from, at, editedAt, text, replyTo, document, preview, service, viaBot, keyboard } = message;
  return {
    id,
    author: { id: from.id, name: from.name, bot: from.is_bot },
    at,
    edited: editedAt !== undefined,
    text,
    runs: runs(message),
    service: service ? Object.keys(service)[0] : undefined,
    via: viaBot?.username,
    file: document?.name,
    preview,
    reply: replyTo && { author: replyTo.from.name, text: replyTo.deleted ? undefined : replyTo.text.slice(0, 120) },
    buttons: (keyboard ?? []).map((row) =>
      row.map(({ text = '', callback_data, url }) => ({ label: text, data: callback_data, url })),
    ),
    reactions: [...message.reactions.values()].flat(),
  };
}

function draftView(draft: Draft) {
  const { id, thread, canStop, stopped } = draft;
  return { id, thread, runs: runs(draft), canStop: canStop && !stopped };
}

function actionOf({ action, world }: Chat, thread: number | undefined): string | undefined {
  if (!action || action.thread !== thread || world.clock.now() - action.at > ACTION_MS) return undefined;
  return action.action;
}

/** What this person was told when they pressed buttons a moment ago. */
function answersFor(person: Person, { world }: Chat) {
  return [...world.presses.values()]
    .filter(({ user, at, answer }) => user === person && answer?.text && world.clock.now() - at < ANSWER_MS)
    .map(({ id, answer }) => ({ id, text: answer?.text ?? '', alert: answer?.alert ?? false }));
}
