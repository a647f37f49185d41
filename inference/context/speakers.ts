import { nameKey } from '../../personas/name.ts';
import { Names } from './names.ts';

/** One message of the conversation, as the window needs it. */
export interface WindowTurn {
  readonly role: 'user' | 'persona';
  /** Tells people with the same name apart, e.g. the platform's id. */
  readonly author: string;
  /** As the platform gives it; made safe here. */
  readonly name: string;
  readonly text: string;
  /** What was put into the chat behind this turn, one line each: news, say. */
  readonly notes?: readonly string[] | undefined;
}

/**
 * The name under which each turn stands. The persona speaks under its own; another persona that spoke here before is one more participant.
 *
 * @param someone - what to call somebody without a usable name.
 */
export function speakersOf(turns: readonly WindowTurn[], persona: string, someone: string): string[] {
  const names = new Names(persona, someone);
  return turns.map((turn) => {
    if (turn.role === 'user') return names.of(`user ${turn.author}`, turn.name);
    return nameKey(turn.name) === nameKey(persona) ? persona : names.of(`persona ${turn.author}`, turn.name);
  });
}
