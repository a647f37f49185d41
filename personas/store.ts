import { reasonOf, WisecrackError } from '../errors.ts';
import { type Loaded, PersonaLoader } from './loader.ts';
import type { Problem } from './problem.ts';
import type { Persona } from './schema.ts';
import { watchFolders } from './watch.ts';

/** The personas there are now. */
export class PersonaStore {
  readonly #loader: PersonaLoader;
  readonly #folders: readonly string[];
  #personas = new Map<string, Persona>();
  #problems: readonly Problem[] = [];
  /** Loads are made one after the other, so that an older one never overwrites a newer one. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(folders: readonly string[]) {
    this.#folders = folders;
    this.#loader = new PersonaLoader(folders);
  }

  /** @param folders - built-in personas first, then the operator's, which replace those with the same file name. */
  static async open(...folders: string[]): Promise<PersonaStore> {
    const store = new PersonaStore(folders);
    await store.reload();
    return store;
  }

  /** In the order of the folders and file names. */
  get personas(): readonly Persona[] {
    return [...this.#personas.values()];
  }

  /** What is wrong in the files now. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  has(id: string): boolean {
    return this.#personas.has(id);
  }

  /** @throws WisecrackError WISECRACK_PERSONA_NOT_FOUND, which names those that exist. */
  get(id: string): Persona {
    const persona = this.#personas.get(id);
    if (persona) return persona;
    const known = [...this.#personas.keys()].join(', ') || 'none';
    throw new WisecrackError('WISECRACK_PERSONA_NOT_FOUND', { name: id, known });
  }

  /** Reads the folders again. @returns whether a persona or a problem changed. */
  reload(): Promise<boolean> {
    const next = this.#last.then(async () => {
      const { personas, problems } = await this.#loader.load();
      const before = this.personas;
      const same =
        personas.length === before.length &&
        personas.every((persona, index) => persona === before[index]) &&
        JSON.stringify(problems) === JSON.stringify(this.#problems);
      this.#personas = new Map(personas.map((persona) => [persona.id, persona]));
      this.#problems = problems;
      return !same;
    });
    this.#last = next.catch(() => {});
    return next;
  }

  /**
   * Reads again whenever a file changes.
   *
   * @param onChange - called with what is there now, when that is not what was there before.
   * @returns what ends the watching.
   */
  watch(onChange: (now: Loaded) => void, quiet?: number): () => void {
    let isClosed = false;
    const update = async () => {
      const changed = await this.reload();
      if (changed && !isClosed) onChange({ personas: this.personas, problems: this.problems });
    };
    const stop = watchFolders(
      this.#folders,
      () => {
        update().catch((error: unknown) => process.emitWarning(`Personas could not be read again: ${reasonOf(error)}`));
      },
      quiet,
    );
    return () => {
      isClosed = true;
      stop();
    };
  }
}

/** Opens a store and keeps it up to date until `close`. */
export async function watchPersonas(
  folders: string | readonly string[],
  onChange: (now: Loaded) => void,
): Promise<{ store: PersonaStore; close: () => void }> {
  const store = await PersonaStore.open(...(typeof folders === 'string' ? [folders] : folders));
  return { store, close: store.watch(onChange) };
}
