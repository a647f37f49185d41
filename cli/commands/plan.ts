import { WisecrackError } from '../../errors.ts';
import { GROK_1 } from '../../inference/engine/index.ts';
import {
  cardOf,
  cards,
  type Dtype,
  type Machine,
  ofCards,
  ofMeasured,
  plan as planFor,
} from '../../inference/plan/index.ts';
import { nearest } from '../../personas/suggest.ts';
import type { App } from '../app.ts';
import { drawPlan, gib, whole } from '../plan/draw.ts';
import { measureMachine } from '../plan/measure.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { table } from '../table.ts';

export interface PlanOptions {
  /** E.g. `8xH200`. */
  gpus?: string;
  thisMachine?: boolean;
  dtype: Dtype;
  chats?: number;
  context?: number;
  json?: boolean;
}

/** How many cards a box has, where nobody says. */
const BOX = 8;

/** `wisecrack plan`: exit code 1 when it does not fit. */
export function plan(options: PlanOptions): Promise<void> {
  const { dtype, chats, context, json = false } = options;
  return run('file', async (app) => {
    const machine = await machineOf(options, app);
    if (!machine) {
      for (const line of overview(options)) console.log(line);
      return 0;
    }
    const found = planFor({ shape: GROK_1, machine, dtype, chats, context });
    console.log(json ? JSON.stringify(found) : drawPlan(found).join('\n'));
    return found.holds ? 0 : 1;
  });
}

async function machineOf({ gpus, thisMachine }: PlanOptions, { config }: App): Promise<Machine | undefined> {
  if (gpus !== undefined) return parseGpus(gpus);
  if (!thisMachine) return undefined;
  notice('Measuring this machine ...');
  return ofMeasured(await measureMachine(config.home, config.threads));
}

/** `8xH200`, `8 x h200`, `H200`. @throws WisecrackError WISECRACK_CARD_UNKNOWN */
function parseGpus(text: string): Machine {
  const [, count = String(BOX), name = ''] = /^(?:(\d{1,3})\s*[x×*]\s*)?(\S+)$/i.exec(text.trim()) ?? [];
  const card = cardOf(name);
  if (card && Number(count) > 0) return ofCards(card, Number(count));
  const known = cards.map((one) => one.name);
  const meant = nearest(name.toUpperCase(), known);
  const hint = meant
    ? `Did you mean 8x${meant}?`
    : `Write a number and a card, e.g. 8xH200. There are: ${known.join(', ')}.`;
  throw new WisecrackError('WISECRACK_CARD_UNKNOWN', { name: text, hint });
}

/** Eight of each card, in both kinds of numbers. */
function overview({ json = false, chats, context }: PlanOptions): string[] {
  const found = cards.flatMap((card) =>
    (['bf16', 'int8'] as const).map((dtype) =>
      planFor({ shape: GROK_1, machine: ofCards(card, BOX), dtype, chats, context }),
    ),
  );
  if (json) return found.map((one) => JSON.stringify(one));
  const rows = found.map(({ machine, dtype, room, fits, holds, speeds: [first] }) => [
    ...[machine.name, dtype, gib(machine.memory[0]), room[0] < 0 ? 'no' : gib(room[0])],
    ...[
      whole(fits[0]),
      first && room[0] >= 0 ? `${whole(first.expected[0])} to ${whole(first.expected[1])}` : '',
      holds ? 'yes' : 'no',
    ],
  ]);
  const heads = ['', '', 'memory', 'left for chats', 'chats', 'tokens/s', 'fits'];
  return [
    `Grok-1 on eight of each; chats of ${whole(context ?? GROK_1.sequenceLen)} tokens, tokens/s of ${chats === undefined ? 'one' : `all ${chats}`}`,
    '',
    ...table([heads, ...rows], [2, 3, 4, 5]),
    '',
    'wisecrack plan --gpus 8xH200 says more, wisecrack plan --this-machine measures this one.',
  ];
}
