import { command } from './acts.ts';
import { say } from './texts.ts';

/** The commands that are listed below "/", with what they do. */
export const commands = () =>
  [
    ['persona', say().cmdPersona],
    ['mood', say().cmdMood],
    ['news', say().cmdNews],
    ['catchup', say().cmdCatchup],
    ['reset', say().cmdReset],
    ['stop', say().cmdStop],
    ['retry', say().cmdRetry],
    ['continue', say().cmdContinue],
    ['privacy', say().cmdPrivacy],
    ['settings', say().cmdSettings],
    ['status', say().cmdStatus],
    ['help', say().cmdHelp],
  ] as const;

/** Those that the persona answers: the server takes them as something that is said. */
const questions = ['news', 'catchup'] as const;

export type Name = Exclude<ReturnType<typeof commands>[number][0], (typeof questions)[number]>;

const isQuestion = (name: string): name is (typeof questions)[number] => questions.some((known) => known === name);

/** What stands behind the command, as the server takes it. */
const options: Partial<Record<Name, (words: string[]) => Record<string, string>>> = {
  persona: (words) => ({ name: words.join(' ') }),
  mood: (words) => ({ name: words.join(' ') }),
  privacy: ([action = '']) => ({ action }),
  settings: ([key = 'show', ...value]) => ({ key, ...(value.length > 0 && { value: value.join(' ') }) }),
};

/** The command that a text is; undefined for what is to be said. */
export function commandIn(text: string): { name: Name; rest: string[] } | undefined {
  const [, word = '', rest = ''] = /^\/(\w+)(?:\s+([^\n]*))?$/.exec(text) ?? [];
  const name = commands()
    .map(([known]) => known)
    .filter((known) => !isQuestion(known))
    .find((known) => known === word.toLowerCase());
  return name && { name, rest: rest.split(/\s+/).filter(Boolean) };
}

export const give = ({ name, rest }: { name: Name; rest: string[] }): Promise<void> =>
  command(name, rest.length === 0 ? {} : (options[name]?.(rest) ?? {}));
