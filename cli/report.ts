import { hasColor, paint, plain } from '../bots/console/index.ts';
import { reasonOf, WisecrackError } from '../errors.ts';

/** Says on stderr what went wrong, and what to do about it. @param log - where the stack is to be found. */
export function reportError(error: unknown, log?: string): void {
  const color = hasColor(process.stderr);
  const say = (text: string) => process.stderr.write(`${plain(text)}\n`);
  const title = paint('red', 'wisecrack:', color);
  if (error instanceof WisecrackError) {
    process.stderr.write(`${title} `);
    say(error.message);
    say(`${error.mend} (${error.code})`);
    return;
  }
  process.stderr.write(`${title} `);
  say(`something unexpected happened: ${reasonOf(error)}`);
  say(log ? `This is a mistake in Wisecrack. The details are in ${log}.` : 'This is a mistake in Wisecrack.');
}

/** Something quiet on stderr, for people. */
export function notice(text: string): void {
  if (text !== '') process.stderr.write(`${paint('dim', plain(text), hasColor(process.stderr))}\n`);
}
