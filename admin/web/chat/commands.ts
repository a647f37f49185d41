import { command } from './acts.ts';
import { say } from './texts.ts';

/** The commands that are listed below "/", with what they do. */
export const commands = () =>
  [
    ['persona', say().cmdPersona],
    ['reset', say().cmdReset],
    ['stop', say().cmdStop],
    ['retry', say().cmdRetry],
    ['continue', say().cmdContinue],
    ['privacy', say().cmdPrivacy],
    ['settings', say().cmdSettings],
    ['status', say().cmdStatus],
    ['help', say().cmdHelp],
  ] as const;

export type Name = ReturnType<typeof commands>[number][0];

/** What stands behind the command, as the server takes it. */
const options: Partial<Record<Name, (words: string[]) => Record<string, string>>> = {
  persona: (words) => ({ name: words.join(' ') }),
  privacy: ([action = '']) => ({ action }),
  settings: ([key = 'show', ...value]) => ({ key, ...(value.length > 0 && { value: value.join(' ') }) }),
};

/** The command that a text is; undefined for what is to be said. */
export function commandIn(text: string): { name: Name; rest: string[] } | undefined {
  const [, word = '', rest = ''] = /^\/(\w+)(?:\s+([^\n]*))?$/.exec(text) ?? [];
  const found = commands().find(([name]) => name === word.toLowerCase());
  return found && { name: found[0], rest: rest.split(/\s+/).filter(Boolean) };
}

export const give = ({ name, rest }: { name: Name; rest: string[] }): Promise<void> =>
  command(name, rest.length === 0 ? {} : (options[name]?.(rest) ?? {}));
