/** The public types of what the dashboard keeps. Hashes are SHA-256 of secrets that are kept nowhere. */
import type { Account, Act, ApiToken, PersonaVersion, Role, SavedPersona, Session, Ticket } from '../schema/index.ts';

/** Who may log in, who is logged in, and what scripts may. */
export interface Accounts {
  isEmpty(): Promise<boolean>;
  list(): Promise<Account[]>;
  get(name: string): Promise<Account | undefined>;
  /** @throws WisecrackError WISECRACK_ADMIN_NOT_FOUND, or WISECRACK_ADMIN_LAST_OWNER when no owner would be left. */
  change(name: string, change: (account: Account) => Account): Promise<Account>;
  /** Ends the account's sessions too. @throws as `change` does. */
  remove(name: string): Promise<void>;

  openTicket(hash: string, ticket: Ticket): Promise<void>;
  tickets(): Promise<(Ticket & { hash: string })[]>;
  /** Takes a ticket back; false when there is none. */
  closeTicket(hash: string): Promise<boolean>;
  /**
   * Creates an account for whoever has the ticket, which is used up by that.
   *
   * @param how.first - it must be the ticket of the first owner, and there must be no account yet.
   */
  create(
    hash: string,
    how: { first: boolean; make: (role: Role) => Promise<Account> },
  ): Promise<Account | 'gone' | 'taken'>;

  openSession(hash: string, session: Session, ttlMs: number): Promise<void>;
  /** The session, which lasts `ttlMs` from now on. */
  session(hash: string, ttlMs: number): Promise<Session | undefined>;
  closeSession(hash: string): Promise<void>;
  /** Ends the sessions of an account. @param except - the hash of one that stays. */
  endSessions(name: string, except?: string): Promise<void>;

  addToken(hash: string, token: ApiToken): Promise<void>;
  /** The token, which is noted as used. */
  token(hash: string): Promise<ApiToken | undefined>;
  tokens(): Promise<(ApiToken & { usedAt: number | null })[]>;
  removeToken(id: string): Promise<boolean>;

  /** Counts a try before it is made, so that many at once get no further; the seconds to wait when there were too many. */
  tryOnce(who: string, limit: { most: number; seconds: number }): Promise<number | undefined>;
  forgetTries(who: string): Promise<void>;
  /** Whether a one-time code is used for the first time. */
  useCode(name: string, step: number): Promise<boolean>;
}

/** What was done in the dashboard, besides changes of settings. */
export interface Acts {
  note(act: Act): Promise<void>;
  /** Newest first, up to this id. Default: 50 from the newest; about 10,000 are kept. */
  list(options?: { before?: string; most?: number }): Promise<(Act & { id: string; at: number })[]>;
}

/** The texts that a persona has had, 50 of each. */
export interface Versions {
  add(persona: string, version: PersonaVersion): Promise<void>;
  /** Newest first. */
  list(persona: string): Promise<(PersonaVersion & { version: string; at: number })[]>;
  get(persona: string, version: string): Promise<(PersonaVersion & { version: string; at: number }) | undefined>;
}

/** A file beside a persona's: its picture, the card that it came from. */
export interface FileBeside {
  name: string;
  bytes: Uint8Array;
}

export interface SavedPersonas {
  /**
   * Keeps a text and what lies beside it, or that there is none any more.
   *
   * @returns the names of files that are not kept, because one is too large or there is no room for it.
   */
  put(id: string, yaml: string | null, beside?: readonly FileBeside[]): Promise<string[]>;
  /** All of them, in the order in which they were saved, and the newest stamp; undefined when that is the known one. */
  read(known?: number): Promise<{ stamp: number; personas: (SavedPersona & { id: string })[] } | undefined>;
  /** A file of `beside`; undefined when a newer save has taken it away. */
  file(id: string, name: string): Promise<Buffer | undefined>;
}
