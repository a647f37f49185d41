import { LONGEST_TEXT } from '../../../queue/index.ts';
import type { Heard } from '../heard.ts';
import type { Say } from '../texts/index.ts';

/** How much of a message that is replied to is shown to the model, in characters. */
const QUOTED = 300;

/** What is to be answered: a text, or what the person is told instead. */
export type Question = { text: string } | { instead: string };

/**
 * The text of a question as the model sees it. A reply to somebody else's message begins with what that said: it is in no
 * conversation of ours. Our own messages are remembered anyway.
 */
export function questionOf({ text, addressed, replyTo, attachments = 0 }: Heard, say: Say): Question {
  // "Answer this" is about the other message alone; its text is told twice.
  const asked = addressed === 'context' ? '' : text.trim();
  const about = replyTo && (!replyTo.own || addressed === 'context') ? quote(replyTo.name, replyTo.text) : '';
  if (asked === '' && about === '') return { instead: say(attachments > 0 ? 'attachmentOnly' : 'nothingAsked') };
  const whole = asked === '' ? about : `${about}${about && ' '}${asked}`;
  if (whole.length > LONGEST_TEXT) return { instead: say('tooLong', { length: whole.length, most: LONGEST_TEXT }) };
  return { text: whole };
}

function quote(name: string, text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const characters = [...line];
  const shown = characters.length > QUOTED ? `${characters.slice(0, QUOTED).join('').trimEnd()} ...` : line;
  return `(${name}: "${shown}")`;
}
