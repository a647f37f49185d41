/** Something the bot is told, numbered. */
export interface Update {
  readonly update_id: number;
  readonly [type: string]: unknown;
}

export interface Pending {
  readonly update: Update;
  readonly type: string;
  /** Updates with the same key go to a webhook one after another. */
  readonly key: string;
  /** Given once more although it is confirmed. */
  again?: boolean;
}

/** What is not told unless it is asked for by name. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set([
  'chat_member',
  'message_reaction',
  'message_reaction_count',
  'stopped_message_generation',
]);

/** What the bot has not confirmed yet, oldest first. */
export class UpdateQueue {
  #pending: Pending[] = [];
  #next: number;
  /** What the bot wants to hear; empty for the usual kinds. */
  allowed: readonly string[] = [];
  /** Called when something has come. */
  onAdd: () => void = () => undefined;
  /** How many were ever numbered. */
  total = 0;

  constructor(first: number) {
    this.#next = first;
  }

  get pending(): readonly Pending[] {
    return this.#pending;
  }

  add(type: string, data: object, key: string): void {
    const wanted = this.allowed.length > 0 ? this.allowed.includes(type) : !ONLY_BY_NAME.has(type);
    if (!wanted) return;
    this.total++;
    this.#pending.push({ update: { update_id: this.#next++, [type]: data }, type, key });
    this.onAdd();
  }

  /** Puts an update into the queue once more, as Telegram may after a break. */
  repeat(update: Update): void {
    const [, type = ''] = Object.keys(update);
    this.#pending.unshift({ update, type, key: '', again: true });
    this.onAdd();
  }

  /** Forgets what has been handled: all below an offset, or all but the last `-offset`. */
  confirm(offset: number): void {
    if (offset > 0) this.#pending = this.#pending.filter(({ update, again }) => again || update.update_id >= offset);
    if (offset < 0) this.#pending = this.#pending.slice(offset);
  }

  /** What is given to who polls; it stays until it is confirmed. */
  take(limit: number): Update[] {
    return this.#pending.slice(0, limit).map((one) => {
      one.again = false;
      return one.update;
    });
  }

  done(one: Pending): void {
    this.#pending = this.#pending.filter((other) => other !== one);
  }

  drop(): void {
    this.#pending = [];
  }
}
