import { nearest } from '../../personas/suggest.ts';

/** The commands that every platform has. */
export const commandNames = ['persona', 'personas', 'mood', 'catchup', 'news', 'reset', 'stop', 'help'] as const;

export type CommandName = (typeof commandNames)[number];

/** A command as somebody wrote it. */
export type Command =
  | { name: CommandName; rest: string }
  /** Looks like one, but is none; `meant` is the one that it is most like. */
  | { name: 'unknown'; word: string; meant?: CommandName };

/**
 * Reads a command such as `/persona Guide`. Everything else is something to be answered, such as `/etc/passwd is what?`.
 *
 * @returns undefined when the text is no command.
 */
export function parseCommand(text: string): Command | undefined {
  const [, word, rest = ''] = /^\/(\p{L}+)(?:\s+(.*))?$/su.exec(text.trim()) ?? [];
  if (word === undefined) return undefined;
  const name = commandNames.find((known) => known === word.toLowerCase());
  if (name) return { name, rest: rest.trim() };
  const meant = nearest(word, commandNames) as CommandName | undefined;
  return { name: 'unknown', word, ...(meant && { meant }) };
}
