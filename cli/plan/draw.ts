import { type Advice, LINK_SOURCE, type Plan, type Range } from '../../inference/plan/index.ts';
import { bytesText } from '../bytes.ts';
import { duration } from '../duration.ts';
import { table } from '../table.ts';

const GIB = 2 ** 30;

/** A plan as lines for people. */
export function drawPlan(found: Plan): string[] {
  const { machine, dtype, weights, room, kvToken, kvChat, context, fits, holds, fromDisk } = found;
  const fitting = `${span(fits, whole)} chats of ${whole(context)} tokens`;
  return [
    `Grok-1 in ${dtype} on ${machine.name}`,
    '',
    ...table([
      ['memory', `${span(machine.memory, gib)}, beside ${gib(machine.workspace)} of workspace`],
      ['weights', `${gib(weights)} (${bytesText(weights)})${each(found)}`],
      ['keys and values', `${kvToken / 1024} KiB a token, ${gib(kvChat)} a chat of ${whole(context)} tokens`],
      [
        'room for them',
        room[1] < 0 ? `none: ${gib(-room[1])} are missing for the weights alone` : span(atLeastZero(room), gib),
      ],
      ['fits', holds || fits[1] > 0 ? fitting : 'no'],
    ]),
    ...(found.speeds.length > 0 ? ['', ...drawSpeeds(found)] : []),
    ...(found.loading.length > 0 ? ['', ...drawLoading(found)] : []),
    ...(found.remarks.length > 0 ? ['', ...found.remarks] : []),
    ...(fromDisk === undefined
      ? []
      : [
          '',
          `It would run from disk all the same: the weights are mapped. One token would take about ${duration(fromDisk)}.`,
        ]),
    ...(found.offload ? ['', ...drawOffload(found.offload, found)] : []),
    ...(found.advice.length > 0
      ? ['', 'That does not fit. What would:', ...found.advice.map((one) => `  - ${inWords(one)}`)]
      : []),
  ];
}

function each({ weights, machine: { devices } }: Plan): string {
  return devices === 1 ? '' : `, ${gib(weights / devices)} on each of ${devices}`;
}

function drawSpeeds({ speeds, prefill, machine }: Plan): string[] {
  const rows = speeds.map(({ chats, experts, bytes, limit, expected, each }) => [
    ...[
      whole(chats),
      experts.toFixed(2),
      (bytes / 1e9).toFixed(1),
      rate(limit),
      span(expected, rate),
      span(each, rate),
    ],
  ]);
  const heads = ['chats', 'experts', 'GB a step', 'limit', 'expected', 'for each'];
  const sources = [
    `decoding ${share(machine.decode)}: ${machine.decode.map(({ share, source }) => `${share} ${source}`).join('; ')}.`,
    `prompts ${share(machine.prefill)}: ${machine.prefill.map(({ share, source }) => `${share} ${source}`).join('; ')}.`,
  ];
  return [
    'tokens/s, each chat half full',
    ...table([heads, ...rows], [0, 1, 2, 3, 4, 5]),
    '',
    `A prompt of ${whole(prefill.prompt)} tokens is read at ${span(prefill.expected, rate)} tokens/s (limit ${rate(prefill.limit)}).`,
    '',
    'limit: reading the weights once a step at the full bandwidth. expected: parts of it that others have measured,',
    ...sources.map((line) => `  ${line}`),
    ...(machine.overhead > 0
      ? [
          `  The higher one also waits ${(machine.overhead * 1000).toFixed(1)} ms a step for the cards to add up (SGLang, pull request 2904).`,
        ]
      : []),
  ];
}

function drawLoading({ loading }: Plan): string[] {
  return ['loading', ...table(loading.map(({ disk, seconds }) => [`  ${disk}`, duration(seconds)]))];
}

function drawOffload(
  { layers, host, crossing, seconds }: NonNullable<Plan['offload']>,
  { machine: { devices } }: Plan,
): string[] {
  const cards = devices === 1 ? 'the card' : 'the cards';
  return [
    `It would run all the same with --device cuda: the experts of ${layers} layers, ${bytesText(host)}, stay in the host's memory, and`,
    `those that are chosen cross to ${cards}, ${bytesText(crossing)} a token: ${rate(1 / seconds)} tokens/s of one chat at best, if the host's memory keeps pace`,
    `(${LINK_SOURCE}; what our engine reaches of it was never measured).`,
  ];
}

function inWords(advice: Advice): string {
  switch (advice.kind) {
    case 'int8':
      return `--dtype int8: the weights as xAI released them; then ${whole(advice.fits)} chats fit`;
    case 'fewer-chats':
      return `--chats ${advice.chats}: so many fit as it is`;
    case 'shorter':
      return `--context ${advice.context}: a shorter window (WISECRACK_CONTEXT)`;
    case 'other-cards':
      return `other cards, in ${advice.dtype}: ${advice.names.join(', ')}`;
    case 'remote':
      return 'servers that run it already (WISECRACK_ENGINE=remote; README.md says how)';
  }
}

/** "11 to 16", or one where both are the same. */
function span([least, most]: Range, draw: (value: number) => string): string {
  const [from, to] = [draw(least), draw(most)];
  return from === to ? from : `${from} to ${to}`;
}

const atLeastZero = ([least, most]: Range): Range => [Math.max(0, least), most];
const share = (parts: Plan['machine']['decode']) =>
  `at ${parts.map((part) => `${Math.round(100 * part.share)} %`).join(' to ')}`;
export const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
export const whole = (value: number) => Math.round(value).toLocaleString('en');
const rate = (value: number) => (value >= 100 ? whole(value) : value.toPrecision(2));
