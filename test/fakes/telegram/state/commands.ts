import { z } from 'zod';
import { problem } from '../problems.ts';
import type { Chat } from './chat.ts';
import type { User } from './user.ts';

export interface Command {
  readonly command: string;
  readonly description: string;
}

export const scopeSchema = z.looseObject({
  type: z.string(),
  chat_id: z.union([z.number(), z.string()]).optional(),
  user_id: z.number().optional(),
});

export type Scope = z.infer<typeof scopeSchema>;

const MOST = 100;

/** The menus of commands: one for each scope and language. */
export class Commands {
  readonly #menus = new Map<string, readonly Command[]>();

  /** @throws ApiError when a command is badly named or described. */
  set(commands: readonly Command[], scope: Scope | undefined, language: string): void {
    if (commands.length > MOST) throw problem('tooManyCommands');
    for (const { command, description } of commands) {
      if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw problem('commandInvalid');
      if (description.length < 1 || description.length > 256) throw problem('commandDescription');
    }
    this.#menus.set(
      keyOf(scope, language),
      commands.map(({ command, description }) => ({ command: command.replace(/^\//, ''), description })),
    );
  }

  get(scope: Scope | undefined, language: string): readonly Command[] {
    return this.#menus.get(keyOf(scope, language)) ?? [];
  }

  delete(scope: Scope | undefined, language: string): void {
    this.#menus.delete(keyOf(scope, language));
  }

  /** What somebody's menu offers in a chat: the narrowest scope that has one, first in their language. */
  seen(user: User, chat: Chat): readonly Command[] {
    const language = (user.language_code ?? '').split('-')[0] ?? '';
    const here = { chat_id: chat.id };
    const admin = chat.isAdmin(user.id);
    const scopes: Scope[] =
      chat.type === 'private'
        ? [{ type: 'chat', ...here }, { type: 'all_private_chats' }, { type: 'default' }]
        : [
            { type: 'chat_member', ...here, user_id: user.id },
            ...(admin ? [{ type: 'chat_administrators', ...here }] : []),
            { type: 'chat', ...here },
            ...(admin ? [{ type: 'all_chat_administrators' }] : []),
            { type: 'all_group_chats' },
            { type: 'default' },
          ];
    for (const scope of scopes) {
      for (const spoken of [language, '']) {
        const menu = this.get(scope, spoken);
        if (menu.length > 0) return menu;
      }
    }
    return [];
  }
}

function keyOf(scope: Scope | undefined, language: string): string {
  const { type = 'default', chat_id = '', user_id = '' } = scope ?? {};
  return [type, chat_id, user_id, language].join('|');
}
