export interface About {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string | undefined;
  readonly username?: string | undefined;
  readonly language_code?: string | undefined;
  readonly is_bot?: boolean | undefined;
}

export class User {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string | undefined;
  readonly username: string | undefined;
  readonly is_bot: boolean;
  /** E.g. `en`, `zh-hans`; not every user has one. */
  language_code: string | undefined;

  constructor({ id, first_name, last_name, username, language_code, is_bot = false }: About) {
    this.id = id;
    this.first_name = first_name;
    this.last_name = last_name;
    this.username = username;
    this.language_code = language_code;
    this.is_bot = is_bot;
  }

  /** What is shown above a message. */
  get name(): string {
    return [this.first_name, this.last_name].filter(Boolean).join(' ');
  }

  json() {
    const { id, is_bot, first_name, last_name, username, language_code } = this;
    return {
      id,
      is_bot,
      first_name,
      ...(last_name !== undefined && { last_name }),
      ...(username !== undefined && { username }),
      ...(language_code !== undefined && { language_code }),
    };
  }
}
