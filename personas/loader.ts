import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { mistake } from './mistakes.ts';
import { nameKey } from './name.ts';
import { type Parsed, parsePersona } from './parse.ts';
import { type Problem, problemAt } from './problem.ts';
import type { Persona } from './schema.ts';

/** What was found in the folders: the good ones, and what is wrong with the others. */
export interface Loaded {
  readonly personas: readonly Persona[];
  readonly problems: readonly Problem[];
}

interface Known {
  readonly source: string;
  readonly parsed: Parsed;
  /** The newest version of the file that had no mistake. */
  readonly good?: Persona;
}

/**
 * Reads persona files, again and again. A file that did not change gives the same object as before; one that broke goes on giving its last
 * good version beside its problems, so that a typing mistake never takes a voice away.
 */
export class PersonaLoader {
  readonly #folders: readonly string[];
  #known = new Map<string, Known>();

  /** @param folders - a persona in a later folder replaces one with the same file name in an earlier folder. */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  async load(): Promise<Loaded> {
    const problems: Problem[] = [];
    const known = new Map<string, Known>();
    const byId = new Map<string, { persona: Persona; file: string }>();
    for (const folder of this.#folders) {
      const here = new Map<string, string>();
      for (const file of await filesOf(folder, problems)) {
        const found = await this.#read(file, problems);
        if (!found) continue;
        known.set(file, found);
        problems.push(...found.parsed.problems);
        if (!found.good) continue;
        const twin = here.get(found.good.id);
        if (twin) problems.push(problemAt(file, mistake('sameFile', { file: twin })));
        else byId.set(found.good.id, { persona: found.good, file });
        here.set(found.good.id, file);
      }
    }
    // What is no longer there is forgotten.
    this.#known = known;
    return { personas: distinct([...byId.values()], problems), problems };
  }

  async #read(file: string, problems: Problem[]): Promise<Known | undefined> {
    let source: string;
    try {
      source = await readFile(file, 'utf8');
    } catch (error) {
      // Gone between listing and reading: an editor is replacing it, and its last version still holds.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.#known.get(file);
      problems.push(problemAt(file, mistake('unreadable', { reason: reasonOf(error) })));
      return undefined;
    }
    const before = this.#known.get(file);
    if (before?.source === source) return before;
    const parsed = parsePersona(file, source);
    const good = parsed.persona ?? before?.good;
    return { source, parsed, ...(good && { good }) };
  }
}

/** Reads all persona files of the folders once. */
export function loadPersonas(...folders: string[]): Promise<Loaded> {
  return new PersonaLoader(folders).load();
}

async function filesOf(folder: string, problems: Problem[]): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const said = isMissing ? mistake('noFolder') : mistake('unreadable', { reason: reasonOf(error) });
    problems.push(problemAt(folder, said));
    return [];
  }
}

/** Two personas that look alike to a reader could speak for each other: the first keeps the name, the other is a problem. */
function distinct(found: readonly { persona: Persona; file: string }[], problems: Problem[]): Persona[] {
  const names = new Map<string, string>();
  return found.flatMap(({ persona, file }) => {
    const key = nameKey(persona.name);
    const first = names.get(key);
    if (first === undefined) {
      names.set(key, file);
      return [persona];
    }
    const said = mistake('sameName', { name: persona.name, file: first });
    problems.push(problemAt(file, said, { line: 1, column: 1 }));
    return [];
  });
}
