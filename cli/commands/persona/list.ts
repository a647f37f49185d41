import { problemText } from '../../../personas/index.ts';
import { notice } from '../../report.ts';
import { run } from '../../run.ts';
import { table } from '../../table.ts';

/** `wisecrack persona list` */
export function listPersonas({ json = false }: { json?: boolean }): Promise<void> {
  return run('file', async (app) => {
    const { personas, problems } = await app.personas();
    for (const problem of problems) notice(problemText(problem));
    if (json) {
      for (const { id, name, language, description } of personas)
        console.log(JSON.stringify({ id, name, language, description }));
      return 0;
    }
    const rows = personas.map(({ id, name, language, description }) => [id, name, language, description]);
    console.log(table([['id', 'name', 'language', 'description'], ...rows]).join('\n'));
    return 0;
  });
}
