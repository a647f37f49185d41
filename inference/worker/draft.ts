import { nameKey, type Patterns } from '../../personas/index.ts';
import { cutPartial, cutReply } from '../context/index.ts';
import type { Finish, Piece, TokenChance } from '../engine/index.ts';
import { ownLines, speakerOf } from './speakers.ts';

/** A reply, or as much of it as there is. */
export interface Draft {
  /** What the model wrote. */
  readonly raw: string;
  /** What of it is shown. */
  readonly shown: string;
  /** How many tokens were drawn. */
  readonly drawn: number;
  readonly finish: Finish;
  /** It says nothing, or what was said before: better made again. Nothing of it was published. */
  readonly dull: boolean;
  /** It said what is forbidden, and ends before the line with it. */
  readonly forbidden: boolean;
}

export interface DraftOptions {
  /** What there is already. */
  readonly begin: Pick<Draft, 'raw' | 'shown' | 'drawn'>;
  /** What must not be said again. While the reply could become one of these, nothing of it is published. */
  readonly known?: readonly string[];
  /** What must not be said at all, within a line. Where there is such a thing, a line is published when it is complete. */
  readonly forbidden?: Patterns | undefined;
  /** Everybody in the window: a reply that begins as somebody's line is none, and it ends before another one that does. */
  readonly names?: readonly string[];
  publish(text: string, tokens: number[], chances?: readonly TokenChance[]): Promise<void>;
}

/** Follows the engine and publishes what may be shown, as soon as it is certain. */
export async function writeDraft(pieces: AsyncIterable<Piece>, options: DraftOptions): Promise<Draft> {
  const { begin, publish } = options;
  const names = (options.names ?? []).map(nameKey);
  const known = (options.known ?? []).map(essence).filter(({ length }) => length >= SHORTEST);
  let { raw, shown, drawn } = begin;
  let text = shown;
  let finish: Finish = 'cancelled';
  let forbidden = false;
  let held: number[] = [];
  let chances: TokenChance[] | undefined;
  const show = async () => {
    if (held.length === 0 && text === shown) return;
    const given = [held, chances] as const;
    held = [];
    chances = undefined;
    await publish(text.slice(shown.length), ...given);
    shown = text;
  };

  for await (const piece of pieces) {
    raw += piece.text;
    drawn += piece.tokens.length;
    held.push(...piece.tokens);
    if (piece.logprobs) chances = [...(chances ?? []), ...piece.logprobs];
    const partial = piece.finish ? { text: cutReply(raw), ended: false } : cutPartial(raw);
    const own = ownLines(partial.text, names, piece.finish !== undefined || partial.ended);
    const ended = partial.ended || own.ended;
    text = own.text;
    forbidden = options.forbidden?.find(text) !== undefined;
    const isLast = piece.finish !== undefined || ended;
    if (options.forbidden && (forbidden || !isLast)) text = completeLines(text, options.forbidden);
    // What is shown stays, also the middle of a line in which an earlier attempt stopped.
    if (text.length < shown.length) text = shown;
    finish = ended ? 'stop' : (piece.finish ?? finish);
    // Nobody has read a word of it yet, and it speaks for somebody: not even the model has an answer to that.
    const speaker = shown === '' ? speakerOf(text, names) : 'nobody';
    if (speaker === 'somebody') {
      text = '';
      finish = 'stop';
      break;
    }
    // What it says so far was said before.
    const mayBeDull = shown === '' && known.some((said) => said.startsWith(essence(text)));
    const isOpen = piece.finish === undefined && speaker === 'open';
    if (!mayBeDull && !isOpen && text !== '') await show();
    if (forbidden || ended) break; // The model began to speak for somebody else: nothing of that is shown or kept.
  }
  if (forbidden) finish = 'stop';
  const dull = !forbidden && shown === '' && finish !== 'cancelled' && (text === '' || known.includes(essence(text)));
  if (!dull) await show();
  return { raw, shown, drawn, finish, dull, forbidden };
}

/** The complete lines before the first one that says what is forbidden. */
function completeLines(text: string, forbidden: Patterns): string {
  const lines = text.split('\n').slice(0, -1);
  const end = lines.findIndex((line) => forbidden.find(line) !== undefined);
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}

/** Shorter ones may come again: nobody minds a second "Aye, captain". */
const SHORTEST = 12;

/** A text without what makes no difference: case, spaces, punctuation. */
function essence(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}\p{Extended_Pictographic}]/gu, '');
}
