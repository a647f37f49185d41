import type { Language } from '../../personas/index.ts';

/** What somebody says: who, by their place among the script's people, and the text. `{name}` is the persona's name. */
export type ScriptLine = readonly [who: number, text: string];

/** A conversation of several people with a persona, which answers each line. */
export interface Script {
  readonly language: Language;
  /** The last one takes whatever name is given here, also the persona's own. */
  readonly people: readonly string[];
  /** One subject after the other, in this order. */
  readonly topics: readonly (readonly ScriptLine[])[];
}

/** One message of a conversation that is played. */
export interface Said {
  readonly author: string;
  readonly name: string;
  readonly text: string;
}

/** The first `count` messages; a script that is over begins again, its lines said by others. */
export function* linesOf({ people, topics }: Script, persona: string, count: number): Generator<Said> {
  const lines = topics.flat();
  const fill = (text: string) => text.replaceAll('{name}', persona);
  for (let at = 0; at < count; at++) {
    const [who, text] = lines[at % lines.length] as ScriptLine;
    const round = Math.floor(at / lines.length);
    const person = (who + round) % people.length;
    yield { author: `eval:${person}`, name: fill(people[person] ?? ''), text: fill(text) };
  }
}
