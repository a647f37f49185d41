import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SavedPersona, SavedPersonas } from '../../queue/index.ts';
import { PersonaId } from '../api/personas.ts';
import { readIfThere, writeWhole } from './whole-file.ts';

/** How much later than the dashboard's own process all others know of a save, at most. */
const EVERY_MS = 2000;
/** Which save was taken over last, by persona: beside the files, so that all processes of the folder know it. */
const TAKEN = '.dashboard.json';

type Taken = Record<string, Omit<SavedPersona, 'id'>>;

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
 * again, and lies then beside it as `ID.yaml.before`.
 */
export async function startMirror({ saved, folder, onError, everyMs = EVERY_MS }: MirrorOptions) {
  const closed = new AbortController();
  let known: number | undefined;
  const look = async () => {
    const news = await saved.read(known);
    if (!news) return;
    if (news.personas.length > 0) await takeOver(folder, news.personas);
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

async function takeOver(folder: string, personas: readonly SavedPersona[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const taken: Taken = JSON.parse((await readIfThere(join(folder, TAKEN)))?.toString('utf8') ?? '{}');
  const fresh = personas.filter(({ id, stamp }) => PersonaId.safeParse(id).success && taken[id]?.stamp !== stamp);
  if (fresh.length === 0) return;
  for (const { id, stamp, yaml } of fresh) {
    await bring(folder, id, yaml, taken[id]?.yaml);
    taken[id] = { stamp, yaml };
  }
  await writeWhole(join(folder, TAKEN), JSON.stringify(taken));
}

/** @param before - what was taken over the last time: what differs from it was changed by hand. */
async function bring(
  folder: string,
  id: string,
  yaml: string | null,
  before: string | null | undefined,
): Promise<void> {
  const files = [join(folder, `${id}.yaml`), join(folder, `${id}.yml`)];
  const texts = (await Promise.all(files.map(readIfThere))).map((bytes) => bytes?.toString('utf8'));
  const at = Math.max(
    0,
    texts.findIndex((text) => text !== undefined),
  );
  const [file = '', here] = [files[at], texts[at]];
  if (here === (yaml ?? undefined)) return;
  if (here !== undefined && here !== before) await writeWhole(`${file}.before`, here);
  if (yaml === null) await rm(file, { force: true });
  else await writeWhole(file, yaml);
}
