import { existsSync } from 'node:fs';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import { importCard, MAX_FILE, readCardFile, reason } from '../../../personas/card/index.ts';
import { nameKey } from '../../../personas/index.ts';
import { packageRoot } from '../../../root.ts';
import type { App } from '../../app.ts';
import { advice } from '../../persona/advice.ts';
import { openMeter } from '../../persona/meter.ts';
import { notice } from '../../report.ts';
import { run } from '../../run.ts';

/** `wisecrack persona import`: a card becomes a persona file, with the card's own text and picture beside it. */
export function importPersona(file: string, { name }: { name?: string }): Promise<void> {
  return run('file', async (app) => {
    const card = readCardFile(await readFileOf(file));
    const id = name ?? idOf(file);
    const avatar = card.image && `${id}.${card.image.kind}`;
    const folder = app.config.ownPersonas;
    const schema = relative(folder, join(packageRoot(), 'personas/persona.schema.json'));
    const { persona, yaml, notes } = importCard(card.json, { id, avatar, schema });
    if (persona.id !== id) {
      const reason = `"${id}" is no name for its file: small letters, digits, _ and -, at most 32`;
      throw new WisecrackError('WISECRACK_CARD_INVALID', { reason });
    }

    const path = (ending: string) => join(folder, `${id}.${ending}`);
    await mustBeFree(app, [path('yaml'), path('yml'), path('card.json'), ...(avatar ? [join(folder, avatar)] : [])], {
      id,
      name: persona.name,
    });
    await mkdir(folder, { recursive: true });
    if (avatar && card.image) await writeFile(join(folder, avatar), card.image.bytes, { flag: 'wx' });
    await writeFile(path('card.json'), card.json, { flag: 'wx' });
    // Last: a persona that is seen is whole.
    await writeFile(path('yaml'), yaml, { flag: 'wx' });

    console.log(path('yaml'));
    const meter = await openMeter(app.config).catch(() => undefined);
    for (const { message } of [...notes, ...card.notes]) notice(message);
    for (const hint of advice(persona, meter)) notice(hint);
    return 0;
  });
}

/** Asks for the size first: a file of a hundred gigabytes is not read to find that out. */
async function readFileOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE) {
      throw new WisecrackError('WISECRACK_CARD_INVALID', {
        reason: reason('fileSize', { bytes: size, most: MAX_FILE }),
      });
    }
    const handle = await open(file);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof WisecrackError) throw error;
    throw new WisecrackError('WISECRACK_CARD_INVALID', { reason: reasonOf(error) }, { cause: error });
  }
}

/** Of the file's name, as far as it can be typed in a chat. */
function idOf(file: string): string {
  const bare = basename(file, extname(file)).normalize('NFKD').toLowerCase();
  const id = bare
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 32);
  if (id !== '') return id;
  throw new WisecrackError('WISECRACK_CARD_INVALID', {
    reason: 'its file has no name in small letters; give one with --name',
  });
}

/** Nothing is overwritten, and nobody is imitated. */
async function mustBeFree(
  app: App,
  files: readonly string[],
  { id, name }: { id: string; name: string },
): Promise<void> {
  const taken = files.find((each) => existsSync(each));
  if (taken !== undefined) throw new WisecrackError('WISECRACK_PERSONA_EXISTS', { file: taken });
  const twin = (await app.personas()).personas.find((each) => nameKey(each.name) === nameKey(name) && each.id !== id);
  if (twin)
    throw new WisecrackError('WISECRACK_PERSONA_EXISTS', { file: `A persona called ${twin.name} (${twin.id})` });
}
