import { LONGEST_TEXT, type Queue } from '../../../queue/index.ts';
import type { Heard } from '../heard.ts';
import type { Here } from './here.ts';

/** How commands begin, ours and those of other bots. */
const COMMAND = /^[/!]\p{L}/u;

/** The text of a message that was not meant for the bot, as far as it is worth remembering; undefined when it is not. */
export function overheard({ text, addressed, wish }: Pick<Heard, 'text' | 'addressed' | 'wish'>): string | undefined {
  const said = text.trim();
  if (addressed !== 'none' || wish || said === '' || COMMAND.test(said)) return undefined;
  return said.slice(0, LONGEST_TEXT);
}

/** Keeps a message that was not meant for the bot, where that is switched on, as long as everything else that is said here. */
export async function listen(
  { conversations }: Pick<Queue, 'conversations'>,
  message: Heard,
  { rules, speaker, at }: Here,
  turnId: string,
): Promise<void> {
  const text = rules.listen && !at.direct ? overheard(message) : undefined;
  if (text === undefined) return;
  const author = { id: speaker.user, name: message.by.name };
  const turn = { id: turnId, role: 'user' as const, author, text, at: Date.now() };
  await conversations.append(at.conversation, turn, { retentionDays: rules.retentionDays });
}

/** Follows the edit of a message that was not meant for the bot, if it was kept; what is no longer worth it goes. */
export async function relisten(
  { conversations }: Pick<Queue, 'conversations'>,
  message: Heard,
  turnId: string,
): Promise<void> {
  const { conversation } = message.at;
  const text = overheard({ ...message, addressed: 'none' });
  if (text === undefined) await conversations.remove(conversation, [turnId]);
  else await conversations.replace(conversation, turnId, text);
}
