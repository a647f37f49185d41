/** Hears that a group has become a supergroup, with another id: what is kept under the old one moves. */
export type OnMigrated = (from: number, to: number) => void;

/** Groups that have become supergroups while we run. */
export class Migrations {
  readonly #to = new Map<number, number>();
  readonly #tell: OnMigrated;

  constructor(tell: OnMigrated = () => {}) {
    this.#tell = tell;
  }

  /** Where a chat is now. */
  current(chat: number): number {
    return this.#to.get(chat) ?? chat;
  }

  /** Telegram says it several times and in several ways; it is told once. */
  note(from: number, to: number): void {
    if (this.#to.get(from) === to) return;
    this.#to.set(from, to);
    this.#tell(from, to);
  }
}
