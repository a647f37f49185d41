import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WisecrackError } from '../../errors.ts';
import { type Persona, type PersonaStore, parsePersona } from '../../personas/index.ts';
import type { FileBeside, SavedPersonas, Versions } from '../../queue/index.ts';
import { type PersonaFile, PersonaId, type PersonaLine } from '../api/index.ts';
import { fieldsOf, problemOf } from './draft.ts';
import { printOf } from './print.ts';
import { readIfThere, writeWhole } from './whole-file.ts';

/** Where personas are: those that come with Wisecrack, and the operator's, which go before them. */
export interface PersonaFolders {
  builtIn: string;
  own: string;
}

interface Found {
  yaml: string;
  source: 'built-in' | 'own';
  file: string;
}

/** A persona that was saved, and the names of files beside it that other machines do not get. */
interface Saved {
  file: PersonaFile;
  left: string[];
}

/** The files of the personas, as the dashboard reads and writes them. */
export class PersonaFiles {
  readonly #folders: PersonaFolders;
  readonly #store: PersonaStore;
  readonly #versions: Versions;
  readonly #saved: SavedPersonas;
  /** Writes are made one after the other: each looks at what is there first. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param saved - told what is written, for the machines that do not see our folder: see mirror.ts. */
  constructor(folders: PersonaFolders, store: PersonaStore, versions: Versions, saved: SavedPersonas) {
    this.#folders = folders;
    this.#store = store;
    this.#versions = versions;
    this.#saved = saved;
  }

  /** All that can be read, those with mistakes too. */
  async list(): Promise<PersonaLine[]> {
    const broken = this.#store.problems.map(({ file }) => /([^/\\]+)\.ya?ml$/.exec(file)?.[1] ?? '');
    const ids = new Set([...this.#store.personas.map(({ id }) => id), ...broken].filter(isId));
    const lines: PersonaLine[] = [];
    for (const id of ids) {
      const found = await this.#find(id);
      if (found) lines.push(await this.#lineOf(id, found));
    }
    return lines;
  }

  /** @throws WisecrackError WISECRACK_ADMIN_NOT_FOUND */
  async read(id: string): Promise<PersonaFile> {
    const found = await this.#find(id);
    if (!found) throw new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: `persona ${id}` });
    const { persona } = parsePersona(found.file, found.yaml);
    return {
      ...(await this.#lineOf(id, found)),
      yaml: found.yaml,
      persona: persona ? fieldsOf(persona) : null,
      revision: printOf(found.yaml),
    };
  }

  /**
   * Writes a text that has been checked, and reads the personas again.
   *
   * @param revision - what was edited; null: there was nothing.
   * @throws WisecrackError WISECRACK_ADMIN_OVERTAKEN when something else is there.
   */
  save(id: string, yaml: string, change: { revision: string | null; by: string; note: string }): Promise<Saved> {
    return this.#inTurn(async () => {
      const before = await this.#find(id);
      const revision = before ? printOf(before.yaml) : null;
      if (revision !== change.revision) {
        throw new WisecrackError('WISECRACK_ADMIN_OVERTAKEN', { what: `The persona ${id}` });
      }
      const known = await this.#versions.list(id);
      // So that the text before the first change can be had back too, and one that was changed by hand.
      if (before && known[0]?.yaml !== before.yaml) {
        await this.#versions.add(id, { by: before.source, note: '', yaml: before.yaml });
      }
      await this.#write(id, yaml);
      await this.#versions.add(id, { by: change.by, note: change.note, yaml });
      const left = await this.#saved.put(id, yaml, Object.values(await this.beside(id)));
      await this.#store.reload();
      return { file: await this.read(id), left };
    });
  }

  /**
   * Writes a persona that came as a card, with the card's own text and picture beside it.
   *
   * @throws WisecrackError WISECRACK_PERSONA_EXISTS
   */
  async add(id: string, yaml: string, card: { json: string; image?: { name: string; bytes: Uint8Array } }, by: string) {
    if (await this.#find(id)) throw new WisecrackError('WISECRACK_PERSONA_EXISTS', { file: `${id}.yaml` });
    const { own } = this.#folders;
    await mkdir(own, { recursive: true });
    if (card.image) await writeFile(join(own, card.image.name), card.image.bytes);
    await writeFile(join(own, `${id}.card.json`), card.json);
    // Last: a persona that is seen is whole.
    return this.save(id, yaml, { revision: null, by, note: 'from a card' });
  }

  /** What lies beside a persona's file: the card that it came from, and its picture. @throws as `read` does. */
  async beside(id: string): Promise<{ card?: FileBeside; picture?: FileBeside }> {
    const found = await this.#find(id);
    if (!found) throw new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: `persona ${id}` });
    const { persona } = parsePersona(found.file, found.yaml);
    const name = persona && pictureFile(persona);
    const read = async (name: string) => {
      const bytes = await readIfReadable(join(dirname(found.file), name));
      return bytes && { name, bytes };
    };
    const [card, picture] = await Promise.all([read(`${id}.card.json`), name === undefined ? undefined : read(name)]);
    return { ...(card && { card }), ...(picture && { picture }) };
  }

  /** Removes an own one. @throws WisecrackError WISECRACK_ADMIN_NOT_FOUND when there is none. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const found = await this.#find(id);
      if (found?.source !== 'own') throw new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: `own persona ${id}` });
      const [newest] = await this.#versions.list(id);
      if (newest?.yaml !== found.yaml) await this.#versions.add(id, { by: 'own', note: '', yaml: found.yaml });
      await rm(found.file);
      await this.#saved.put(id, null);
      await this.#store.reload();
    });
  }

  async #lineOf(id: string, { yaml, source, file }: Found): Promise<PersonaLine> {
    const { persona = this.#store.has(id) ? this.#store.get(id) : undefined, problems } = parsePersona(file, yaml);
    const here = this.#store.problems.filter((problem) => problem.file === file);
    return {
      id,
      name: persona?.name ?? id,
      description: persona?.description ?? '',
      language: persona?.language ?? 'en',
      source,
      replacesBuiltIn: source === 'own' && (await this.#readIn(this.#folders.builtIn, id)) !== undefined,
      problems: (here.length > 0 ? here : problems).map(problemOf),
    };
  }

  async #find(id: string): Promise<Found | undefined> {
    if (!isId(id)) return undefined;
    const own = await this.#readIn(this.#folders.own, id);
    if (own) return { ...own, source: 'own' };
    const builtIn = await this.#readIn(this.#folders.builtIn, id);
    return builtIn && { ...builtIn, source: 'built-in' };
  }

  async #readIn(folder: string, id: string): Promise<{ file: string; yaml: string } | undefined> {
    for (const ending of ['yaml', 'yml']) {
      const file = join(folder, `${id}.${ending}`);
      const bytes = await readIfThere(file);
      if (bytes) return { file, yaml: bytes.toString('utf8') };
    }
    return undefined;
  }

  async #write(id: string, yaml: string): Promise<void> {
    const { own } = this.#folders;
    const file = (await this.#readIn(own, id))?.file ?? join(own, `${id}.yaml`);
    await mkdir(own, { recursive: true });
    await writeWhole(file, yaml);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}

/** The name of a persona's picture, where it is a file. Of a name that a file gives, what could lead elsewhere is left out. */
const pictureFile = ({ avatar }: Persona) =>
  avatar === undefined || avatar.startsWith('https:') ? undefined : basename(avatar);

/** A persona is whole without what lies beside it. */
const readIfReadable = (file: string) => readIfThere(file).catch(() => undefined);

/** Nothing but such a name becomes part of a path. */
const isId = (id: string) => PersonaId.safeParse(id).success;
