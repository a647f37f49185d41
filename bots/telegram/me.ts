import type { UserFromGetMe } from 'grammy/types';

/** Who the bot is on Telegram. */
export interface Me {
  readonly id: number;
  readonly name: string;
  /** Without the `@`. */
  readonly username: string;
  /** Whether it hears all messages of a group: privacy mode is off. Where it is an administrator it does anyway. */
  readonly hearsAll: boolean;
  readonly joinsGroups: boolean;
  readonly inline: boolean;
}

export const meOf = (user: UserFromGetMe): Me => ({
  id: user.id,
  name: user.first_name,
  username: user.username,
  hearsAll: user.can_read_all_group_messages,
  joinsGroups: user.can_join_groups,
  inline: user.supports_inline_queries,
});
