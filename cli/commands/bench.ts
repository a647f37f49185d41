import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BenchPlatform } from '../../bots/bench/index.ts';
import { hasColor, paint } from '../../bots/console/index.ts';
import { WisecrackError } from '../../errors.ts';
import {
  benchEngine,
  checkDevice,
  makeInt8,
  makeModel,
  PARTS,
  type Part,
  shapes,
  soakEngine,
} from '../../inference/engine/index.ts';
import { nearest } from '../../personas/suggest.ts';
import { benchQueue } from '../../queue/bench.ts';
import type { BenchRow as Row } from '../../queue/measure.ts';
import type { App } from '../app.ts';
import { benchWindowOf, WINDOW_BENCH } from '../bench/window.ts';
import { Progress } from '../progress.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { table } from '../table.ts';

export interface BenchOptions {
  json?: boolean;
  /** How long a load lasts, for those that are a load. */
  seconds?: number;
  /** What model is measured: a folder, or the name of a shape. */
  config?: string;
  /** Of the engine: the weights of a shape, and the number of threads. Absent: all kinds of weights, the usual number and one. */
  dtype?: Dtype;
  threads?: number;
  /** Only these parts of what the engine's benchmark measures, with commas between them. */
  only?: string;
}

type Dtype = 'bf16' | 'int8';

interface Bench {
  what: string;
  /** What the column "limit" means. */
  limit: string;
  /** Of a load: how long it lasts when nobody says how long. */
  seconds?: number;
  measure(app: App, options: BenchOptions): Promise<Row[]>;
}

/** How long a load lasts. */
const LOAD_SECONDS = 120;

const benches: Record<string, Bench> = {
  queue: {
    what: 'jobs and token streams through Redis',
    limit:
      'a job of bare BullMQ in the same run, a bare round trip to this Redis (cancel), bare XADDs in a pipeline (1/s)',
    measure: async (app) => benchQueue(await app.redis()),
  },
  engine: {
    what: 'the model on this machine',
    limit:
      "the weights' read bandwidth and this processor's multiply-add rate, measured now; a card's are measured by npm run bench:gpu",
    measure: async (app, { config, dtype, threads, only }) => {
      const { device } = app.config;
      checkDevice(device);
      const parts = only?.split(',').map(partCalled);
      const folders = await modelFolders(app, config, dtype);
      const counts = threads === undefined ? [app.config.threads, 1] : [threads];
      const progress = new Progress('Measured so far');
      return await benchEngine({
        ...{ folders, device, threads: counts, ...(parts && { only: parts }) },
        onPart: (next, fraction) => progress.at(fraction, next),
        onRow: ({ name, value, unit }) => {
          progress.end();
          notice(`${name}: ${short(value)} ${unit}`);
        },
      }).finally(() => progress.end());
    },
  },
  soak: {
    what: 'the engine under 64 requests that come and go, each reply compared with the one it gives alone',
    seconds: LOAD_SECONDS,
    limit: 'the memory early on',
    measure: async ({ config: { model, threads } }, { config = model, seconds = LOAD_SECONDS }) =>
      soakEngine({ folder: config, seconds, threads }),
  },
  window: {
    what: WINDOW_BENCH,
    limit: 'what a sliding window reads in the same chat',
    measure: benchWindowOf,
  },
  admin: {
    what: 'the dashboard: its first page in a real browser, and a reply that 1,000 people watch',
    limit: 'a bare server that writes the same to as many connections',
    measure: async (app) => {
      const { benchAdmin } = await import('../../admin/bench/index.ts');
      const [redis, personas] = await Promise.all([app.redis(), app.personas()]);
      return benchAdmin({ redis, personas, notice });
    },
  },
  discord: bot('discord', '200 people in 50 channels of a fake Discord'),
  telegram: bot('telegram', '200 people in 10 groups of a fake Telegram'),
};

function bot(platform: BenchPlatform, what: string): Bench {
  return {
    what,
    seconds: LOAD_SECONDS,
    limit: 'a bare round trip to this Redis (ms); the questions; the edits that the budget allows; the memory early on',
    measure: async (app, { seconds = LOAD_SECONDS }) => {
      // Loaded only when it is wanted: the platforms' clients are large.
      const { benchBot } = await import('../../bots/bench/index.ts');
      const [redis, personas] = await Promise.all([app.redis(), app.personas()]);
      return benchBot(platform, { redis, personas, seconds });
    },
  };
}

/** The configured model, that of a folder, or those of a named shape with random weights, which are made when they are first wanted. */
async function modelFolders(app: App, wanted: string | undefined, dtype: Dtype | undefined): Promise<string[]> {
  const { model, home } = app.config;
  const shape = wanted !== undefined && Object.hasOwn(shapes, wanted) ? shapes[wanted] : undefined;
  if (shape) {
    const folder = join(home, 'bench', String(wanted));
    const int8 = `${folder}-int8`;
    await made(`The model of shape ${wanted} in ${folder}`, (at) => makeModel(folder, shape, at));
    if (dtype !== 'bf16') await made(`The same in int8 in ${int8}`, (at) => makeInt8(int8, folder, at));
    return dtype === undefined ? [folder, int8] : [dtype === 'int8' ? int8 : folder];
  }
  const hint = (text: string) => new WisecrackError('WISECRACK_BENCH_NOT_FOUND', { name: wanted ?? model, hint: text });
  if (dtype !== undefined) throw hint('--dtype is for shapes: a folder is measured as it is.');
  if (wanted === undefined) return [model];
  if (existsSync(join(wanted, 'config.json'))) return [resolve(wanted)];
  const names = Object.keys(shapes).join(', ');
  throw hint(`--config takes a folder with config.json and model.safetensors, or a shape: ${names}.`);
}

function partCalled(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined)
    throw new WisecrackError('WISECRACK_BENCH_NOT_FOUND', { name, hint: `There is: ${PARTS.join(', ')}.` });
  return part;
}

async function made(title: string, make: (at: (fraction: number) => void) => Promise<void>): Promise<void> {
  const progress = new Progress(title);
  await make((fraction) => progress.at(fraction)).finally(() => progress.end());
}

/** What there is to be measured, one a line. */
export function listBenches(): string[] {
  return table(Object.entries(benches).map(([name, { what }]) => [`  ${name}`, what]));
}

/** `wisecrack bench` */
export function bench(name: string | undefined, options: BenchOptions): Promise<void> {
  const { json = false } = options;
  return run('file', async (app) => {
    if (name === undefined) {
      console.log(['wisecrack bench NAME, where NAME is one of:', ...listBenches()].join('\n'));
      return 0;
    }
    const found = Object.hasOwn(benches, name) ? benches[name] : undefined;
    if (!found) throw unknown(name);
    const lasting =
      found.seconds === undefined ? '' : `, for ${options.seconds ?? found.seconds} s and what is left then`;
    if (!json) notice(`Measuring ${found.what}${lasting} ...`);
    const rows = await found.measure(app, options);
    if (json) for (const row of rows) console.log(JSON.stringify(complete(row)));
    else console.log([...draw(rows), '', `limit: ${found.limit}`].join('\n'));
    return 0;
  });
}

function unknown(name: string): WisecrackError {
  const names = Object.keys(benches);
  const meant = nearest(name, names);
  const hint = meant ? `Did you mean "${meant}"?` : `There is: ${names.join(', ')}.`;
  return new WisecrackError('WISECRACK_BENCH_NOT_FOUND', { name, hint });
}

/** Every line has every key: what does not apply is null. */
function complete({ name, value, unit, limit, ratio, bar, holds }: Row): object {
  const some = (given: number | boolean | undefined) => given ?? null;
  return { name, value, unit, limit: some(limit), ratio: some(ratio), bar: some(bar), holds: some(holds) };
}

function draw(rows: Row[]): string[] {
  const color = hasColor(process.stdout);
  const [head = '', ...lines] = table(
    [
      ['', 'measured', '', 'limit', 'of limit', 'required'],
      ...rows.map((row) => [row.name, short(row.value), row.unit, short(row.limit), share(row.ratio), required(row)]),
    ],
    [1, 3, 4, 5],
  );
  return [
    paint('dim', head, color),
    ...lines.map((line, at) => {
      const holds = rows[at]?.holds;
      if (holds === undefined) return line;
      return `${line}  ${holds ? paint('green', 'ok', color) : paint('red', 'missed', color)}`;
    }),
  ];
}

function short(value: number | undefined): string {
  if (value === undefined) return '';
  const whole = value >= 1000 || Number.isInteger(value);
  return whole ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

/** A latency is so many times its limit, a rate such a part of it. */
function share(ratio: number | undefined): string {
  if (ratio === undefined) return '';
  return ratio > 1.5 ? `${ratio.toFixed(1)} x` : `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)} %`;
}

/** A row of a latency holds below its bar, that of a rate above it: which of them it is, the row does not say by itself. */
function required({ bar, unit, required: inWords }: Row): string {
  if (inWords !== undefined) return inWords;
  if (bar === undefined) return '';
  return unit === 'ms' && bar > 1 ? `<= ${share(bar)}` : `>= ${share(bar)}`;
}
