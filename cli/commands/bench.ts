import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BenchPlatform } from '../../bots/bench/index.ts';
import { hasColor, paint } from '../../bots/console/index.ts';
import { WisecrackError } from '../../errors.ts';
import { benchEngine, checkDevice, makeModel, shapes } from '../../inference/engine/index.ts';
import { nearest } from '../../personas/suggest.ts';
import { benchQueue } from '../../queue/bench.ts';
import type { BenchRow as Row } from '../../queue/measure.ts';
import type { App } from '../app.ts';
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
}

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
    limit: 'a bare round trip to this Redis (ms), bare XADDs in a pipeline (1/s)',
    measure: async (app) => benchQueue(await app.redis()),
  },
  engine: {
    what: 'the model on this machine',
    limit:
      "this processor's read bandwidth and multiply-add rate, measured now; a card's are measured by npm run bench:gpu",
    measure: async (app, { config }) => {
      checkDevice(app.config.device);
      return benchEngine({
        folder: await modelFolder(app, config),
        device: app.config.device,
        threads: app.config.threads,
      });
    },
  },
  admin: {
    what: 'the dashboard: its first page, and a reply that 1,000 people watch',
    limit: 'a bare server that writes the same to as many connections',
    measure: async (app) => {
      const { benchAdmin } = await import('../../admin/bench/index.ts');
      const [redis, personas] = await Promise.all([app.redis(), app.personas()]);
      return benchAdmin({ redis, personas });
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

/** The configured model, that of a folder, or one of a named shape with random weights, which is made when it is first wanted. */
async function modelFolder({ config: { model, home } }: App, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return model;
  const shape = Object.hasOwn(shapes, wanted) ? shapes[wanted] : undefined;
  if (shape) {
    const folder = join(home, 'bench', wanted);
    const progress = new Progress(`The model of shape ${wanted} in ${folder}`);
    await makeModel(folder, shape, (fraction) => progress.at(fraction)).finally(() => progress.end());
    return folder;
  }
  if (existsSync(join(wanted, 'config.json'))) return resolve(wanted);
  const hint = `--config takes a folder with config.json and model.safetensors, or a shape: ${Object.keys(shapes).join(', ')}.`;
  throw new WisecrackError('WISECRACK_BENCH_NOT_FOUND', { name: wanted, hint });
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
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
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
