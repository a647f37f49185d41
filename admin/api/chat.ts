import { z } from 'zod';
import { count, id, Role, type Route, Time } from './route.ts';

/** What somebody without an account is called in the chat. */
export const GuestName = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}'’._ -]*[\p{L}\p{M}\p{N}.])?$/u,
    'letters, digits, space, dot, apostrophe, _ and - only',
  );
const secret = z.string().min(1).max(200);
/** As questions elsewhere; what is longer is refused with the platform's own words. */
const said = z.string().trim().min(1).max(20_000);
const language = z.enum(['en', 'zh']);

/** Who chats: somebody with an account, or a guest. */
export const ChatPerson = z.object({
  name: z.string(),
  /** None for a guest. */ role: Role.nullable(),
});
export type ChatPerson = z.infer<typeof ChatPerson>;

export const ChatButton = z.enum(['stop', 'retry', 'continue', 'up', 'down']);
export type ChatButton = z.infer<typeof ChatButton>;
export const ChatCommand = z.enum([
  'persona',
  'mood',
  'reset',
  'stop',
  'retry',
  'continue',
  'settings',
  'privacy',
  'help',
  'status',
]);
export type ChatCommand = z.infer<typeof ChatCommand>;

export const ChatMessage = z.object({
  id: z.string(),
  role: z.enum(['person', 'bot']),
  /** Markdown, when a persona says it. */
  text: z.string(),
  buttons: z.array(ChatButton),
  /** Who says it; null for the person, and for what is said by nobody. */
  persona: z.string().nullable(),
  at: Time,
});
export type ChatMessage = z.infer<typeof ChatMessage>;

export const ChatPersonas = z.object({
  personas: z.array(z.object({ id: z.string(), name: z.string(), description: z.string() })),
  current: z.string(),
});
export type ChatPersonas = z.infer<typeof ChatPersonas>;

/** What the person is told, and nobody else; null when there is nothing to say. */
export const ChatAnswer = z.object({ text: z.string().nullable() });

/** How many may come in by a link, and how long it holds. */
export const NewChatInvite = z.object({
  note: z.string().trim().max(60).default(''),
  uses: z.number().int().min(1).max(100).default(1),
  days: z.number().int().min(1).max(30).default(7),
});
export const ChatInvite = z.object({
  id: z.string(),
  note: z.string(),
  by: z.string(),
  uses: count,
  expiresAt: Time,
});
export type ChatInvite = z.infer<typeof ChatInvite>;
export const ChatGuest = z.object({
  id: z.string(),
  name: z.string(),
  /** `platform:id`, as rules name them. */ user: z.string(),
  by: z.string(),
  note: z.string(),
  createdAt: Time,
});
export type ChatGuest = z.infer<typeof ChatGuest>;

const ofMessage = z.object({ id: z.string().min(1).max(100) });
const byId = z.object({ id: z.string().max(100) });
const tag = 'chat';

export const chatRoutes = {
  /** Never 401: the page asks it first. */
  chatSession: {
    method: 'GET',
    url: '/api/chat/session',
    role: 'anyone',
    summary: 'Who chats here',
    tag,
    response: z.object({ person: ChatPerson.nullable() }),
  },
  /** Takes the token of the link `/chat#TOKEN`. */
  joinChat: {
    method: 'POST',
    url: '/api/chat/join',
    role: 'anyone',
    summary: 'Come in by an invite',
    tag,
    body: z.object({ token: secret, name: GuestName }),
    response: ChatPerson,
  },
  leaveChat: { method: 'POST', url: '/api/chat/leave', role: 'guest', summary: 'End a guest’s session', tag },
  /**
   * Begins with `state`; after a lost connection it begins so again. Of a message that grows only what is new is sent: `text` stands
   * behind the first `from` characters.
   */
  chatEvents: {
    method: 'GET',
    url: '/api/chat/events',
    role: 'guest',
    summary: 'The chat, live',
    tag,
    events: {
      state: z.object({ messages: z.array(ChatMessage) }),
      message: ChatMessage,
      text: z.object({ id, from: count, text: z.string() }),
      removed: z.object({ ids: z.array(z.string()) }),
      typing: z.object({ ms: count }),
    },
  },
  chatPersonas: {
    method: 'GET',
    url: '/api/chat/personas',
    role: 'guest',
    summary: 'Who may be talked to',
    tag,
    response: ChatPersonas,
  },
  /** The same `said` twice is one message. */
  say: {
    method: 'POST',
    url: '/api/chat/messages',
    role: 'guest',
    summary: 'Say something',
    tag,
    body: z.object({ said: z.uuid(), text: said, language }),
    response: z.object({ id: z.string() }),
  },
  sayOtherwise: {
    method: 'PATCH',
    url: '/api/chat/messages/:id',
    role: 'guest',
    summary: 'Change what one said; the last question is answered anew',
    tag,
    params: ofMessage,
    body: z.object({ text: said, language }),
  },
  takeBack: {
    method: 'DELETE',
    url: '/api/chat/messages/:id',
    role: 'guest',
    summary: 'Take back what one said, and the answer to it',
    tag,
    params: ofMessage,
  },
  press: {
    method: 'POST',
    url: '/api/chat/messages/:id/press',
    role: 'guest',
    summary: 'Press a button below a message',
    tag,
    params: ofMessage,
    body: z.object({ button: ChatButton, language }),
    response: ChatAnswer,
  },
  chatCommand: {
    method: 'POST',
    url: '/api/chat/commands',
    role: 'guest',
    summary: 'Give a command',
    tag,
    body: z.object({
      name: ChatCommand,
      options: z.record(z.string().max(40), z.string().max(1000)).default({}),
      language,
    }),
    response: ChatAnswer,
  },

  chatInvites: {
    method: 'GET',
    url: '/api/chat/invites',
    role: 'operator',
    summary: 'Open invites to the chat',
    tag,
    response: z.array(ChatInvite),
  },
  /** `link` is shown once; only its hash is kept. */
  inviteToChat: {
    method: 'POST',
    url: '/api/chat/invites',
    role: 'operator',
    summary: 'Invite somebody to the chat',
    tag,
    body: NewChatInvite,
    response: ChatInvite.extend({ link: z.string() }),
  },
  removeChatInvite: {
    method: 'DELETE',
    url: '/api/chat/invites/:id',
    role: 'operator',
    summary: 'Take an invite to the chat back',
    tag,
    params: byId,
  },
  chatGuests: {
    method: 'GET',
    url: '/api/chat/guests',
    role: 'operator',
    summary: 'Guests of the chat, the newest first',
    tag,
    response: z.array(ChatGuest),
  },
  /** What they said stays until it is deleted with the person. */
  removeChatGuest: {
    method: 'DELETE',
    url: '/api/chat/guests/:id',
    role: 'operator',
    summary: 'Let a guest in no longer',
    tag,
    params: byId,
  },
} as const satisfies Record<string, Route>;
