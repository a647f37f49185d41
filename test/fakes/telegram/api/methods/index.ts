import type { Method } from '../method.ts';
import { chats } from './chats.ts';
import { commands } from './commands.ts';
import { documents } from './documents.ts';
import { drafts } from './drafts.ts';
import { edits } from './edits.ts';
import { me } from './me.ts';
import { messages } from './messages.ts';
import { queries } from './queries.ts';
import { topics } from './topics.ts';
import { updates } from './updates.ts';

/** Everything that the fake answers. */
export const methods: readonly Method[] = [
  ...chats,
  ...commands,
  ...documents,
  ...drafts,
  ...edits,
  ...me,
  ...messages,
  ...queries,
  ...topics,
  ...updates,
];
