import { WisecrackError } from '../../errors.ts';
import type { Persona } from '../../personas/index.ts';
import type { Job, Turn } from '../../queue/index.ts';
import type { WindowTurn } from '../context/index.ts';

/** Where a worker gets personas from; looked up anew for each job, so that an edited file counts at once. */
export interface Personas {
  has(id: string): boolean;
  /** @throws WisecrackError WISECRACK_PERSONA_NOT_FOUND */
  get(id: string): Persona;
}

/**
 * What a job's answer is about: the conversation as it was when the question came, since what was written after it is answered by another
 * job; or the part of it that somebody wants to be told.
 * @throws WisecrackError WISECRACK_TURN_GONE
 */
export function turnsFor({ turnId, wants }: Pick<Job, 'turnId' | 'wants'>, turns: readonly Turn[]): Turn[] {
  const arranged = arrange(turns);
  const index = arranged.findIndex((turn) => turn.id === turnId);
  const [question] = arranged.slice(index, index + 1);
  if (index < 0 || !question) throw new WisecrackError('WISECRACK_TURN_GONE', { turn: turnId });
  const before = arranged.slice(0, index);
  if (wants?.kind !== 'catchup') return [...before, question];
  const { last = before.length, since = 0 } = wants;
  return [...before.slice(Math.max(0, before.length - last)).filter(({ at }) => at >= since), question];
}

/** Each answer right behind its question, however many questions came while it was made: that is how a chat reads. */
function arrange(turns: readonly Turn[]): Turn[] {
  const known = new Set(turns.map(({ id }) => id));
  const answers = new Map<string, Turn[]>();
  const others: Turn[] = [];
  for (const turn of turns) {
    if (turn.replyTo === undefined || !known.has(turn.replyTo)) others.push(turn);
    else answers.set(turn.replyTo, [...(answers.get(turn.replyTo) ?? []), turn]);
  }
  return others.flatMap((turn) => [turn, ...(answers.get(turn.id) ?? [])]);
}

/** A turn as the window sees it. A persona speaks under the name that it has now; what is stored is its id. */
export function seenBy(personas: Personas): (turn: Turn) => WindowTurn {
  return ({ role, author, text, persona, notes }) => {
    const name = persona !== undefined && personas.has(persona) ? personas.get(persona).name : author.name;
    return { role, author: author.id, name, text, notes: notes?.map((note) => note.text) };
  };
}

/** What a persona said last, the newest first. */
export function lastReplies(turns: readonly Turn[], persona: string, count: number): string[] {
  return turns
    .filter((turn) => turn.persona === persona)
    .slice(-count)
    .reverse()
    .map(({ text }) => text);
}
