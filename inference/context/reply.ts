import { INDENT } from './text.ts';
import { NOTE, SEPARATOR } from './words.ts';

/** A line at column 0 that says who speaks, as far as names go. `https://` is none. */
const speaker = /^[\p{L}\p{M}\p{N} _.'’-]{1,32}(?::(?!\/\/)|：)/u;
/** The beginning of such a line: it may still become one. */
const speakerBegins = /^[\p{L}\p{M}\p{N} _.'’-]{0,32}(?::\/?)?$/u;

const isForeign = (line: string) =>
  !line.startsWith(' ') && (speaker.test(line) || line.startsWith(SEPARATOR) || line.startsWith(NOTE));
const mayBecomeForeign = (line: string) =>
  !line.startsWith(' ') && (speakerBegins.test(line) || SEPARATOR.startsWith(line) || NOTE.startsWith(line));

/**
 * What a person is shown of what the model wrote: everything before the first line that somebody else seems to speak, without the
 * indentation of the window. Stop strings end a reply at the names that are known; this also catches the names that the model made up.
 */
export function cutReply(text: string): string {
  return cut(text.split('\n'));
}

/**
 * {@link cutReply} while the reply still grows: also holds back a last line that could yet turn out to be somebody else's.
 * Each result is the beginning of the next.
 */
export function cutPartial(text: string): { text: string; ended: boolean } {
  const lines = text.split('\n');
  const ended = lines.some((line, index) => index > 0 && isForeign(line));
  const last = lines.at(-1) ?? '';
  if (!ended && lines.length > 1 && mayBecomeForeign(last)) lines.pop();
  return { text: cut(lines), ended };
}

function cut(lines: readonly string[]): string {
  const end = lines.findIndex((line, index) => index > 0 && isForeign(line));
  return (end < 0 ? lines : lines.slice(0, end))
    .map((line, index) => (index > 0 && line.startsWith(INDENT) ? line.slice(INDENT.length) : line))
    .join('\n')
    .trim();
}
