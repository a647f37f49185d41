/** Whose name stands above a message: a user, or what a webhook calls itself. */
export interface Author {
  readonly id: string;
  /** What is shown. */
  readonly name: string;
  readonly bot: boolean;
  json(): object;
}

export class User implements Author {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  /** E.g. `en-US`, `zh-CN`. */
  locale: string;
  /** Takes no direct messages from the bot. */
  closedDms = false;
  /** Has the app installed for themself, so that it can be used where the bot is not. */
  installed = false;

  constructor({
    id,
    name,
    bot = false,
    locale = 'en-US',
  }: { id: string; name: string; bot?: boolean; locale?: string }) {
    this.id = id;
    this.name = name;
    this.bot = bot;
    this.locale = locale;
  }

  json() {
    return {
      id: this.id,
      username: this.name,
      global_name: this.bot ? null : this.name,
      discriminator: this.bot ? '0001' : '0',
      avatar: null,
      bot: this.bot,
      public_flags: 0,
    };
  }
}
