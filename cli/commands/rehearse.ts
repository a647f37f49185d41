import { join } from 'node:path';
import { type Figure, grok1, rehearse as rehearseShape } from '../../inference/engine/index.ts';
import { Progress } from '../progress.ts';
import { run } from '../run.ts';
import { table } from '../table.ts';
import { Transfer } from '../transfer.ts';

export interface RehearseOptions {
  layers: number;
  dtype: 'bf16' | 'int8';
}

/** `wisecrack rehearse` */
export function rehearse({ layers, dtype }: RehearseOptions): Promise<void> {
  return run('file', async (app, signal) => {
    let current = '';
    let progress: Progress | undefined;
    let transfer = new Transfer();
    const onStep = (step: string, done: number, total: number) => {
      if (step !== current) {
        progress?.end();
        [current, progress, transfer] = [step, new Progress(step), new Transfer()];
      }
      progress?.at(done / total, total > 1 ? transfer.describe(done, total) : '');
    };
    try {
      const folder = join(app.config.home, 'rehearsal');
      const figures = await rehearseShape({ shape: grok1(layers), folder, dtype, signal, onStep });
      progress?.end();
      console.log(table(figures.map(draw), [1]).join('\n'));
      return figures.every(holds) ? 0 : 1;
    } finally {
      progress?.end();
    }
  });
}

/** NaN holds for nothing. */
function holds({ value, bar }: Figure): boolean {
  return bar === undefined || value <= bar;
}

function draw(figure: Figure): string[] {
  const { name, value, unit, bar } = figure;
  if (unit === 'B') return [name, (value / 1e9).toFixed(2), 'GB'];
  if (unit === 'B/s') return [name, Math.round(value / 1e6).toString(), 'MB/s'];
  if (unit !== '') return [name, value.toPrecision(3), unit];
  return [name, value.toExponential(1), `off, <= ${bar?.toExponential(0)}: ${holds(figure) ? 'ok' : 'FAIL'}`];
}
