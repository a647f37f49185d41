import type { Api } from 'grammy';
import type { User } from 'grammy/types';
import type { Person } from '../chat/heard.ts';
import { Recent } from '../chat/recent.ts';
import { isPrivate } from './ids.ts';
import { personOf } from './people.ts';

const REMEMBERED = 2000;
/** How long it is believed that somebody is an administrator, or not. */
const BELIEVED_MS = 60_000;

/** Who may change how the bot behaves in a chat: its administrators, and in private whoever it is. */
export class Members {
  readonly #api: Api;
  readonly #known = new Recent<Promise<boolean>>(REMEMBERED, BELIEVED_MS);

  constructor(api: Api) {
    this.#api = api;
  }

  async person(user: User, chat: number): Promise<Person> {
    return personOf(user, { canManage: isPrivate(chat) || (await this.#isAdministrator(user.id, chat)) });
  }

  #isAdministrator(user: number, chat: number): Promise<boolean> {
    const key = `${chat} ${user}`;
    const known = this.#known.get(key);
    if (known) return known;
    const asked = this.#ask(user, chat);
    this.#known.set(key, asked);
    // Nobody gets a right because Telegram did not answer, and nobody is kept from it for longer than that.
    return asked.catch(() => {
      this.#known.delete(key);
      return false;
    });
  }

  async #ask(user: number, chat: number): Promise<boolean> {
    const { status } = await this.#api.getChatMember(chat, user);
    return status === 'creator' || status === 'administrator';
  }
}
