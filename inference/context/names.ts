import { cleanName, NAME_LENGTH, nameKey, reservedNames } from '../../personas/name.ts';
import { words } from './words.ts';

export interface NameOptions {
  /** What to call somebody without a usable name. */
  fallback?: string;
  /** Names that are not to be had, such as the persona's. */
  taken?: readonly string[];
}

/** Gives `name` a number, within the length of a name. */
function numbered(name: string, number: number): string {
  if (number < 2) return name;
  const suffix = ` ${number}`;
  return (
    [...name]
      .slice(0, NAME_LENGTH - suffix.length)
      .join('')
      .trimEnd() + suffix
  );
}

/**
 * Makes a name that is safe at the start of a line and looks like none of `taken` and none of the layout's own words.
 *
 * @example sanitizeName('Guide:', { taken: ['Guide'] }) // 'Guide 2'
 */
export function sanitizeName(raw: string, options: NameOptions = {}): string {
  const taken = new Set([...reservedNames, ...(options.taken ?? [])].map(nameKey));
  const name = cleanName(raw) ?? options.fallback ?? words.en.someone;
  for (let number = 1; ; number++) {
    const candidate = numbered(name, number);
    if (!taken.has(nameKey(candidate))) return candidate;
  }
}

/**
 * The names of one window. Who comes first has the name; others who are called the same get a number. Names depend on the turns in their
 * order alone, so that they stay as they are when a turn is added.
 */
export class Names {
  /** Key of a name to who has it. */
  readonly #owners = new Map<string, string>();
  readonly #fallback: string;

  constructor(persona: string, fallback: string) {
    this.#fallback = fallback;
    // No author can have this id: it is not a string that a platform gives.
    for (const name of [persona, ...reservedNames]) this.#owners.set(nameKey(name), '\0');
  }

  /** @param author - tells people with the same name apart, e.g. the platform's id. */
  of(author: string, raw: string): string {
    const name = cleanName(raw) ?? this.#fallback;
    for (let number = 1; ; number++) {
      const candidate = numbered(name, number);
      const key = nameKey(candidate);
      const owner = this.#owners.get(key);
      if (owner === undefined) this.#owners.set(key, author);
      if (owner === undefined || owner === author) return candidate;
    }
  }
}
