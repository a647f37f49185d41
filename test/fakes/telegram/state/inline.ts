import { until } from '../../wait.ts';
import type { Formatted } from '../text/entities.ts';
import type { Keyboard } from './keyboard.ts';
import type { User } from './user.ts';
import type { World } from './world.ts';

/** Something that an inline query found, which can be sent. */
export interface InlineResult {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly content: Formatted;
  readonly preview: string | undefined;
  readonly keyboard: Keyboard | undefined;
}

export interface InlineAnswer {
  readonly results: readonly InlineResult[];
  readonly nextOffset: string;
  /** Seconds for which Telegram answers the same query itself. */
  readonly cacheTime: number;
  /** Whether it may be given to this user only. */
  readonly personal: boolean;
  /** A button above the results. */
  readonly button: unknown;
}

/** What somebody has typed after the bot's name. */
export class InlineQuery {
  readonly id: string;
  readonly user: User;
  readonly query: string;
  readonly offset: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  answer: InlineAnswer | undefined;
  /** Whether Telegram answered from its cache and the bot was not asked. */
  fromCache = false;

  constructor(world: World, user: User, query: string, offset: string) {
    this.id = world.nextQueryId();
    this.user = user;
    this.query = query;
    this.offset = offset;
    this.at = world.clock.now();
  }

  /** Waits for the answer. @throws Error at the deadline. */
  answered(within = 60_000): Promise<InlineAnswer> {
    return until(() => this.answer, { within, what: `an answer to the inline query "${this.query}"` });
  }
}

/** Answers that Telegram keeps. */
export class InlineCache {
  readonly #kept = new Map<string, { answer: InlineAnswer; until: number }>();

  keep({ query, offset, user }: InlineQuery, answer: InlineAnswer, now: number): void {
    const key = keyOf(query, offset, answer.personal ? user.id : undefined);
    this.#kept.set(key, { answer, until: now + answer.cacheTime * 1000 });
  }

  find({ query, offset, user }: InlineQuery, now: number): InlineAnswer | undefined {
    return [user.id, undefined]
      .map((id) => this.#kept.get(keyOf(query, offset, id)))
      .find((one) => one && one.until > now)?.answer;
  }
}

function keyOf(query: string, offset: string, user: number | undefined): string {
  return JSON.stringify([query, offset, user ?? null]);
}
