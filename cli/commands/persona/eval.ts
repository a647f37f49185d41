import { plain } from '../../../bots/console/index.ts';
import { type Figure, isMet, type Played, play, reportOf, scripts } from '../../../inference/eval/index.ts';
import { type Language, resolvePersona } from '../../../personas/index.ts';
import { findInFolders } from '../../persona/find.ts';
import { Progress } from '../../progress.ts';
import { notice } from '../../report.ts';
import { run } from '../../run.ts';
import { unlessAborted } from '../../signals.ts';
import { table } from '../../table.ts';
import { toyWarning } from '../../worker.ts';

export interface EvalOptions {
  turns: number;
  engine?: 'native' | 'remote';
  language?: Language;
  mood?: string;
  /** Show the conversation itself. */
  show?: boolean;
  json?: boolean;
}

/** `wisecrack persona eval`: the figures go to stdout; exit code 1 when one of them is not as it is wanted. */
export function evalPersona(name: string, options: EvalOptions): Promise<void> {
  // Before the configuration is read, which says what else that engine needs.
  if (options.engine) process.env.WISECRACK_ENGINE = options.engine;
  return run('file', async (app, signal) => {
    const { persona: base } = await findInFolders(app, name);
    const persona = resolvePersona(base, { platform: 'console', language: options.language, mood: options.mood });
    const progress = new Progress(`Playing ${options.turns} turns with ${persona.name}`);
    const engine = await unlessAborted(
      app.openEngine(() => {}),
      signal,
    );
    let played: Played;
    try {
      const { turns } = options;
      const onTurn = (done: number) => progress.at(done / turns);
      played = await play({ persona, engine, script: scripts[persona.language], turns, onTurn, signal });
    } finally {
      progress.end();
    }
    const figures = reportOf(played, persona, engine);
    notice(toyWarning(engine.name));
    if (options.show) console.log(plain(played.seen.map(lineOf).join('\n')));
    const about = { persona: persona.id, model: engine.name, context: engine.context, turns: played.seen.length };
    if (options.json) console.log(JSON.stringify({ ...about, figures: figures.map(withVerdict) }));
    else console.log(draw(figures).join('\n'));
    return figures.every(isMet) ? 0 : 1;
  });
}

/** Only what stands at the edge is somebody's line; the persona's have a mark, for others may have its name. */
const lineOf = ({ role, name, text }: Played['seen'][number]) =>
  `${role === 'persona' ? '>' : '-'} ${name}: ${text.replaceAll('\n', '\n    ')}`;

const withVerdict = (figure: Figure) => (isFree(figure) ? figure : { ...figure, met: isMet(figure) });
const isFree = ({ least, most }: Figure) => least === undefined && most === undefined;

function draw(figures: readonly Figure[]): string[] {
  const rows = figures.map((figure) => {
    const { name, value, unit, least, most } = figure;
    const bar =
      least === undefined
        ? most === undefined
          ? ''
          : `at most ${shown(most, unit)}`
        : `at least ${shown(least, unit)}`;
    return [name, shown(value, unit), bar, isFree(figure) ? '' : isMet(figure) ? 'ok' : 'NO'];
  });
  return table([['figure', 'value', 'wanted', ''], ...rows], [1]);
}

function shown(value: number, unit: Figure['unit']): string {
  switch (unit) {
    case 'share':
      return `${(value * 100).toFixed(1)} %`;
    case 'times':
      return `${value.toFixed(1)} x`;
    case 'tokens/s':
      return value.toFixed(1);
    default:
      return value.toFixed(0);
  }
}
