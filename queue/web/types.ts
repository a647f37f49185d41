/** The public types of what the web chat keeps. Hashes are SHA-256 of secrets that are kept nowhere. */
import type { ChatInvite, Guest, ShownChange, ShownMessage } from '../schema/index.ts';

/** What stands on the pages of the web chat: the last messages of each conversation, as long as its turns are kept. */
export interface Shown {
  /** Shows a new message; false when it stands there already. */
  put(conversation: string, message: ShownMessage): Promise<boolean>;
  /** Shows another text or other buttons; false when there is no such message. */
  edit(conversation: string, message: ShownMessage): Promise<boolean>;
  /** @returns how many there were. */
  remove(conversation: string, ids: readonly string[]): Promise<number>;
  /** Takes all of them away. */
  clear(conversation: string): Promise<void>;
  get(conversation: string, id: string): Promise<ShownMessage | undefined>;
  /** All of them, the oldest first, and the version up to which they hold all changes. */
  read(conversation: string): Promise<{ version: number; messages: ShownMessage[] }>;
  /** Shows for so long, in ms, that somebody writes. */
  typing(conversation: string, ms: number): Promise<void>;
  /**
   * Hears changes until the signal; resolves when none that comes now is missed. `missed` is called when some may have been: read again.
   */
  hear(
    conversation: string,
    heard: { change: (change: ShownChange) => void; missed: () => void },
    signal: AbortSignal,
  ): Promise<void>;
}

/** Who was let into the web chat, and by what. */
export interface Guests {
  openInvite(hash: string, invite: ChatInvite): Promise<void>;
  invites(): Promise<(ChatInvite & { hash: string })[]>;
  /** Takes an invite back; false when there is none. */
  closeInvite(hash: string): Promise<boolean>;
  /** Lets somebody in who has the invite; undefined when it is used up, too old or taken back. */
  join(
    hash: string,
    guest: Pick<Guest, 'id' | 'name'>,
    session: { hash: string; ttlMs: number },
  ): Promise<Guest | undefined>;
  /** Whose session it is; both last `ttlMs` from now on. */
  session(hash: string, ttlMs: number): Promise<Guest | undefined>;
  closeSession(hash: string): Promise<void>;
  list(): Promise<Guest[]>;
  /** Lets somebody in no longer; false when there is no such guest. */
  remove(id: string): Promise<boolean>;
}
