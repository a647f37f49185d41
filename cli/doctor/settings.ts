import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { reasonOf } from '../../errors.ts';
import { loadPersonas, problemText } from '../../personas/index.ts';
import type { Config } from '../config.ts';
import { type Finding, fail, ok, warn } from './check.ts';

/** What the operator provides: a folder and personas. */
export async function checkSettings(config: Config): Promise<Finding[]> {
  return [checkHome(config), ...(await checkPersonas(config))];
}

function checkHome({ home }: Config): Finding {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.W_OK);
    return ok('home', home);
  } catch (error) {
    return fail('home', reasonOf(error), 'Set WISECRACK_HOME to a folder that can be written.');
  }
}

async function checkPersonas({ personaFolders, persona }: Config): Promise<Finding[]> {
  const { personas, problems } = await loadPersonas(...personaFolders.filter((folder) => existsSync(folder)));
  const names = personas.map(({ id }) => id);
  return [
    names.includes(persona)
      ? ok('personas', names.map((id) => (id === persona ? `${id} (default)` : id)).join(', '))
      : fail('personas', `there is no ${persona}, the default`, `Set WISECRACK_PERSONA to one of ${names.join(', ')}.`),
    ...problems.map((problem) =>
      warn('persona', problemText(problem), 'Correct it; personas/README.md explains each field.'),
    ),
  ];
}
