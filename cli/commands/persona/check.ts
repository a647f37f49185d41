import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '../../../errors.ts';
import { type Persona, parsePersona, problemText } from '../../../personas/index.ts';
import { advice } from '../../persona/advice.ts';
import { openMeter } from '../../persona/meter.ts';
import { notice } from '../../report.ts';
import { run } from '../../run.ts';

/** `wisecrack persona check`: every mistake with its place; advice on what is no mistake goes to stderr. */
export function checkPersonas(files: string[]): Promise<void> {
  return run('file', async (app) => {
    // Without a model nothing can be counted, but a mistake is a mistake.
    const meter = await openMeter(app.config).catch(() => undefined);
    let wrong = 0;
    for (const file of files) {
      const source = await readFile(file, 'utf8').catch((error) => {
        console.log(`${file}: cannot be read: ${reasonOf(error)}`);
      });
      const { persona, problems } = source === undefined ? { problems: [] } : parsePersona(file, source);
      for (const problem of problems) console.log(problemText(problem));
      if (!persona) {
        wrong++;
        continue;
      }
      const lacking = avatarMissing(file, persona);
      if (lacking) console.log(lacking);
      if (lacking) wrong++;
      else console.log(`${file}: ${persona.name} is well`);
      for (const hint of advice(persona, meter)) notice(`${file}: ${hint}`);
    }
    return wrong > 0 ? 1 : 0;
  });
}

function avatarMissing(file: string, { avatar }: Persona): string | undefined {
  if (avatar === undefined || avatar.startsWith('https:') || existsSync(join(dirname(file), avatar))) return undefined;
  return `${file}: "avatar" is ${avatar}, which is not beside it`;
}
