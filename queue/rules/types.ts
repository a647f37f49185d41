/** The public types of rules, limits, loops, privacy and feedback. */
import type { Change, Scope, Settings, SettingsPatch, Turn } from '../schema/index.ts';
import type { Rules } from './effective.ts';

export type { Lists, Rules } from './effective.ts';

/** The settings of all scopes; `effective` says what holds when they are laid over each other. */
export interface RuleBook {
  /**
   * The settings of each scope, in the order asked for; `{}` where nothing is set. At most one round trip: what this process has
   * read is remembered until somebody, anywhere, changes it.
   *
   * @throws WisecrackError WISECRACK_RULE_INVALID when a scope is none.
   */
  read(scopes: readonly Scope[]): Promise<Settings[]>;
  /**
   * Changes settings of one scope, all or none, and writes that into the audit. It counts at once in every process.
   *
   * @param patch - a setting that is null is taken back.
   * @param by - who does it: `platform:id`, or a name for those who come from no platform.
   * @returns the scope's settings after it.
   * @throws WisecrackError WISECRACK_RULE_INVALID when a value is wrong, or the setting cannot be set in this scope.
   */
  change(scope: Scope, patch: SettingsPatch, by: string): Promise<Settings>;
  /** The last changes, newest first, up to this id. Default: 50 from the newest; 10,000 are kept. */
  audit(options?: { last?: number; before?: string }): Promise<Change[]>;
  /**
   * Undoes a change, as one that is audited too; 'overtaken' when what it changed has been changed since, 'unknown' when it is no
   * more in the audit.
   */
  undo(changeId: string, by: string): Promise<Change['scope'] | 'overtaken' | 'unknown'>;
  /** The scopes in which something is set, and how much. */
  scopes(): Promise<{ scope: Scope; settings: number }[]>;
  /** Sees to it that the workers' pause is what the rules say: a process may have died between the two. */
  applyPause(): Promise<void>;
  /** Deletes the settings of a scope, and what the audit holds of them. */
  erase(scope: Scope): Promise<void>;
}

/** Who a message counts for. */
export interface Payer {
  /** The job's id: the same message twice counts once. */
  job: string;
  /** `platform:id`. */
  user: string;
  /** `platform:id`; none in direct messages. */
  server?: string;
}

/** What the limits say to a message. */
export type Taken =
  | 'ok'
  | {
      refused: 'user-rate' | 'server-rate' | 'user-quota' | 'server-quota' | 'queue-full';
      /** After how many ms it is worth while to try again. */
      retryAfterMs: number;
    };

/** Messages per minute, tokens per UTC day, jobs that wait. However many ask at once, none gets past a limit. */
export interface Limits {
  /**
   * Lets a message through, or says why not; what is refused costs nothing. To be asked before `submit`.
   *
   * @param ask.rules - what holds for this user in this place.
   * @param ask.now - ms since 1970, for tests. Default: Redis's clock.
   */
  take(
    ask: Payer & {
      rules: Pick<
        Rules,
        'userPerMinute' | 'serverPerMinute' | 'userTokensPerDay' | 'serverTokensPerDay' | 'longestQueue'
      >;
      now?: number;
    },
  ): Promise<Taken>;
  /** Adds the tokens of a reply to today's counts, once per job; false when that was done before. */
  spend(spent: Payer & { tokens: number; now?: number }): Promise<boolean>;
  /** Gives back what was taken for a job that never ran; false when there is nothing to give back. */
  refund(payer: Payer): Promise<boolean>;
}

/** What is known about bots that talk to each other. */
export interface Loop {
  /** Messages of other bots since a person spoke, the one just noted included. Forgotten after a silent hour. */
  botTurns: number;
  /** Our replies to bots within the last hour. */
  botRepliesThisHour: number;
}

/** Breaks loops between bots, quick and slow ones. A channel is `platform:id`; `now` is in ms since 1970. */
export interface Loops {
  /** Notes a message that others wrote; a person's ends the row of bots. */
  note(channel: string, message: { id: string; bot: boolean; now?: number }): Promise<Loop>;
  /** Notes that we answer a bot. */
  replied(channel: string, reply: { job: string; now?: number }): Promise<Loop>;
  read(channel: string, now?: number): Promise<Loop>;
}

/** What is stored of a person. Beyond this: their blocks and rights in the settings of others, and changes they made to those. */
export interface Stored {
  /** Conversations in which they have turns. */
  conversations: number;
  turns: number;
  /** Replies to their turns. */
  replies: number;
  /** Their own settings. */
  settings: Settings;
  /** Replies that they gave a thumb. */
  votes: number;
  /** Tokens that count for today's quota. This number goes at midnight UTC. */
  tokensToday: number;
  /** How long the text of a reply lies in its stream besides, after its end. */
  repliesStaySeconds: number;
  /** How long the ids of answered messages stay, without their text, so that none is answered twice. */
  recordsStaySeconds: number;
}

export interface Privacy {
  /** What is stored of a person (`platform:id`). */
  describe(user: string): Promise<Stored>;
  /** Their turns and the replies to them, by conversation, oldest first. */
  turnsOf(user: string): Promise<{ conversation: string; turn: Turn }[]>;
  /**
   * Deletes a person's turns and the replies to them, those replies' streams, their settings and their votes. A reply that is
   * being made will not be kept. Two numbers stay until they end by themselves, because deleting them would be a way around the
   * limits: the last minute's messages and today's tokens.
   */
  erase(user: string): Promise<{ turns: number; votes: number }>;
}

export interface Votes {
  up: number;
  down: number;
}

export interface Feedback {
  /**
   * Counts a thumb; a second one of the same user for the same reply takes the place of the first, and 0 withdraws it.
   *
   * @param user - `platform:id`.
   * @returns false when the reply is not known (any more): 48 h after its end a first vote comes too late.
   */
  vote(jobId: string, user: string, vote: 1 | -1 | 0): Promise<boolean>;
  /** Votes by persona id. */
  counts(): Promise<Map<string, Votes>>;
}
