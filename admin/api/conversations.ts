import { z } from 'zod';
import { Settings } from '../../queue/schema/settings.ts';
import { count, id, page, type Route, Time } from './route.ts';

export const ConversationLine = z.object({
  id,
  platform: z.string(),
  /** The persona that was chosen for it; null: the rules decide. */
  persona: z.string().nullable(),
  lastUsed: Time,
  turns: count,
  /** Names of those who spoke last, 5 at most. */
  people: z.array(z.string()),
});
export type ConversationLine = z.infer<typeof ConversationLine>;

export const TurnLine = z.object({
  id: z.string(),
  role: z.enum(['user', 'persona']),
  author: z.object({ id: z.string(), name: z.string() }),
  at: Time,
  /** Null as long as it is not revealed. */
  text: z.string().nullable(),
  /** Characters of the text. */
  length: count,
  jobId: z.string().nullable(),
  replyTo: z.string().nullable(),
});
export type TurnLine = z.infer<typeof TurnLine>;

export const ConversationTurns = ConversationLine.extend({ turns: z.array(TurnLine), revealed: z.boolean() });
export type ConversationTurns = z.infer<typeof ConversationTurns>;

export const Person = z.object({
  id,
  conversations: count,
  turns: count,
  replies: count,
  settings: Settings,
  votes: count,
  tokensToday: count,
});
export type Person = z.infer<typeof Person>;

const params = z.object({ id });
const tag = 'conversations';

export const conversationRoutes = {
  /** `search` looks at ids, names and, for operators, texts; a page may hold fewer than `limit` while `next` goes on. */
  conversations: {
    method: 'GET',
    url: '/api/conversations',
    role: 'viewer',
    summary: 'Conversations, the last used first',
    tag,
    querystring: z.object({
      ...page,
      search: z.string().trim().max(200).optional(),
      platform: z.string().max(50).optional(),
    }),
    response: z.object({ conversations: z.array(ConversationLine), total: count, next: z.string().nullable() }),
  },
  conversation: {
    method: 'GET',
    url: '/api/conversations/:id',
    role: 'viewer',
    summary: 'The turns of a conversation, without their texts',
    tag,
    params,
    response: ConversationTurns,
  },
  /** Written into the audit. */
  revealConversation: {
    method: 'POST',
    url: '/api/conversations/:id/reveal',
    role: 'operator',
    summary: 'The turns with their texts',
    tag,
    params,
    response: ConversationTurns,
  },
  deleteConversation: {
    method: 'DELETE',
    url: '/api/conversations/:id',
    role: 'operator',
    summary: 'Forget a conversation',
    tag,
    params,
  },
  person: {
    method: 'GET',
    url: '/api/people/:id',
    role: 'operator',
    summary: 'What is stored of a person',
    tag,
    params,
    response: Person,
  },
  /** A JSON file; written into the audit. */
  exportPerson: {
    method: 'GET',
    url: '/api/people/:id/export',
    role: 'operator',
    summary: "A person's data as a file",
    tag,
    params,
    contentType: 'application/json; charset=utf-8',
  },
  deletePerson: {
    method: 'DELETE',
    url: '/api/people/:id',
    role: 'operator',
    summary: "Delete a person's data",
    tag,
    params,
    response: z.object({ turns: count, votes: count }),
  },
} as const satisfies Record<string, Route>;
