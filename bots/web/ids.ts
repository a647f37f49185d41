import { createHash } from 'node:crypto';

export const PLATFORM = 'web';

/** Each person has one chat, which is called after them: what is erased with the one is erased with the other. */
export const conversationOf = (person: string): string => `${PLATFORM}:${person}`;

/** The id of something that a person says: as unique as the page's own, and nobody can take one that is another's. */
export function messageIdOf(person: string, said: string): string {
  return createHash('sha256').update(`${person}\n${said}`).digest('base64url').slice(0, 22);
}
