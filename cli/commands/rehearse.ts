import { join } from 'node:path';
import { type Figure, GROK_1_SHAPE, rehearse as rehearseShape } from '../../inference/engine/index.ts';
import { bytesText } from '../bytes.ts';
import { Progress } from '../progress.ts';
import { run } from '../run.ts';
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
    const onFigure = (figure: Figure) => {
      progress?.end();
      [current, progress] = ['', undefined];
      console.log(draw(figure));
    };
    try {
      const folder = join(app.config.home, 'rehearsal');
      const holds = await rehearseShape({
        shape: { ...GROK_1_SHAPE, numLayers: layers },
        folder,
        dtype,
        device: app.config.device,
        signal,
        onStep,
        onFigure,
      });
      return holds ? 0 : 1;
    } finally {
      progress?.end();
    }
  });
}

function draw({ name, value, unit, bar }: Figure): string {
  const [number, text] = shown(value, unit, bar);
  return `${name.padEnd(34)}${number.padStart(8)} ${text}`;
}

function shown(value: number, unit: Figure['unit'], bar = 0): [string, string] {
  if (unit === 'B' || unit === 'B/s') {
    const [number = '', text = ''] = bytesText(value).split(' ');
    return [number, unit === 'B' ? text : `${text}/s`];
  }
  if (unit !== '') return [value.toPrecision(3), unit];
  return [value.toExponential(1), `off, at most ${bar.toExponential(0)}: ${value <= bar ? 'ok' : 'FAIL'}`];
}
