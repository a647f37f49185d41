import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { avatarFile } from '../../personas/schema/avatar.ts';
import type { SavedPersonas } from '../../queue/index.ts';
import { PersonaId } from '../api/personas.ts';
import { printOf } from './print.ts';
import { readIfThere, writeWhole } from './whole-file.ts';

/** How much later than the dashboard's own process all others know of a save, at most. */
const EVERY_MS = 2000;
/** Which save was taken over last, by persona: beside the files, so that all processes of the folder know it. */
const TAKEN = '.dashboard.json';

/** `beside`: the fingerprints of files, by name. */
type Taken = Record<string, { stamp: number; yaml: string | null; beside?: Record<string, string> }>;

export interface MirrorOptions {
  saved: SavedPersonas;
  /** The operator's own personas on this machine. */
  folder: string;
  onError: (error: unknown) => void;
  everyMs?: number;
}

/**
 * Brings what the dashboard saves into this machine's own folder, from where personas are read: so a worker on another machine speaks as
 * the dashboard shows. Each save is taken over once. What somebody changes here by hand stays until the dashboard saves that persona
 * again, and lies then beside it as `ID.yaml.before`. So it goes with its picture and the card that it came from.
 */
export async function startMirror({ saved, folder, onError, everyMs = EVERY_MS }: MirrorOptions) {
  const closed = new AbortController();
  let known: number | undefined;
  const look = async () => {
    const news = await saved.read(known);
    if (!news) return;
    if (news.personas.length > 0) await takeOver(folder, saved, news.personas);
    known = news.stamp;
  };
  await look().catch(onError);
  const run = async () => {
    while (!closed.signal.aborted) {
      await sleep(everyMs, undefined, { signal: closed.signal, ref: false }).catch(() => {});
      if (!closed.signal.aborted) await look().catch(onError);
    }
  };
  const running = run();
  return {
    async close(): Promise<void> {
      closed.abort();
      await running;
    },
  };
}

async function takeOver(folder: string, saved: SavedPersonas, personas: News): Promise<void> {
  await mkdir(folder, { recursive: true });
  const taken: Taken = JSON.parse((await readIfThere(join(folder, TAKEN)))?.toString('utf8') ?? '{}');
  const fresh = personas.filter(({ id, stamp }) => PersonaId.safeParse(id).success && taken[id]?.stamp !== stamp);
  if (fresh.length === 0) return;
  for (const { id, stamp, yaml, beside } of fresh) {
    const before = taken[id];
    const prints = { ...before?.beside };
    for (const name of beside.filter((name) => mayLieBeside(id, name))) {
      const bytes = await saved.file(id, name);
      // Without it, a newer save is on its way.
      if (!bytes) continue;
      await bring(join(folder, name), bytes, (here) => printOf(here) === prints[name]);
      prints[name] = printOf(bytes);
    }
    // Last: a persona that is seen is whole.
    const content = yaml === null ? undefined : Buffer.from(yaml);
    await bring(await fileOf(folder, id), content, (here) => here.toString('utf8') === before?.yaml);
    taken[id] = { stamp, yaml, beside: prints };
  }
  await writeWhole(join(folder, TAKEN), JSON.stringify(taken));
}

type News = NonNullable<Awaited<ReturnType<SavedPersonas['read']>>>['personas'];

/** Writes a file, or removes it. @param isOurs - whether what is there was brought before: all else was made by hand, and is kept. */
async function bring(file: string, content: Buffer | undefined, isOurs: (here: Buffer) => boolean): Promise<void> {
  const here = await readIfThere(file);
  if (content ? here?.equals(content) : !here) return;
  if (here && !isOurs(here)) await writeWhole(`${file}.before`, here);
  if (content) await writeWhole(file, content);
  else await rm(file, { force: true });
}

/** The file of a persona, under either ending. */
async function fileOf(folder: string, id: string): Promise<string> {
  const short = join(folder, `${id}.yml`);
  const long = join(folder, `${id}.yaml`);
  return !(await readIfThere(long)) && (await readIfThere(short)) ? short : long;
}

/** Nothing but such a name becomes part of a path. */
const mayLieBeside = (id: string, name: string) => name === `${id}.card.json` || avatarFile.test(name);
