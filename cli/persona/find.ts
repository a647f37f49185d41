import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findPersona } from '../../bots/chat/index.ts';
import { WisecrackError } from '../../errors.ts';
import { type Persona, parsePersona, problemText } from '../../personas/index.ts';
import type { App } from '../app.ts';

/** A persona and the folder of its file, where its picture and its card lie. */
export interface Found {
  readonly persona: Persona;
  readonly folder: string;
}

/**
 * A persona by name, or by the path of its file.
 *
 * @throws WisecrackError WISECRACK_PERSONA_NOT_FOUND, WISECRACK_PERSONA_INVALID
 */
export async function findInFolders(app: App, name: string): Promise<Found> {
  if (/\.ya?ml$/.test(name) && existsSync(name)) {
    const { persona, problems } = parsePersona(name, await readFile(name, 'utf8'));
    if (persona) return { persona, folder: dirname(name) };
    throw new WisecrackError('WISECRACK_PERSONA_INVALID', { problems: problems.map(problemText).join('\n') });
  }
  const persona = findPersona(await app.personas(), name);
  // The last folder that has the file is the one that counts.
  const folder = app.config.personaFolders.findLast((each) =>
    ['yaml', 'yml'].some((ending) => existsSync(join(each, `${persona.id}.${ending}`))),
  );
  return { persona, folder: folder ?? '.' };
}
