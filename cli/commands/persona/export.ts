import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import { type CardKind, exportCard, type ImageKind, imageKind, writeCardFile } from '../../../personas/card/index.ts';
import { findInFolders } from '../../persona/find.ts';
import { notice } from '../../report.ts';
import { run } from '../../run.ts';

export interface ExportOptions {
  to: CardKind;
  output?: string;
}

/** `wisecrack persona export`: a persona becomes a card that other programs read. */
export function exportPersona(name: string, { to: kind, output }: ExportOptions): Promise<void> {
  return run('file', async (app) => {
    const { persona, folder } = await findInFolders(app, name);
    const card = join(folder, `${persona.id}.card.json`);
    const raw = existsSync(card) ? await readFile(card, 'utf8') : undefined;
    const image = await pictureOf(persona.avatar, folder);
    if (kind === 'png' && image?.kind !== 'png') {
      notice(`${persona.name} has no PNG beside its file: the card gets a plain picture.`);
    }
    const file = output ?? `${persona.id}.${kind}`;
    const bytes = writeCardFile(exportCard(persona, raw), { kind, name: persona.name, image });
    await writeFile(file, bytes, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new WisecrackError('WISECRACK_PERSONA_EXISTS', { file });
      throw error;
    });
    console.log(file);
    return 0;
  });
}

async function pictureOf(
  avatar: string | undefined,
  folder: string,
): Promise<{ bytes: Uint8Array; kind: ImageKind } | undefined> {
  if (avatar === undefined || avatar.startsWith('https:')) return undefined;
  try {
    const bytes = await readFile(join(folder, avatar));
    const kind = imageKind(bytes);
    return kind && { bytes, kind };
  } catch (error) {
    notice(`${avatar} cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
}
