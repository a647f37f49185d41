import type { Machine } from './machine.ts';
import { type Offloaded, offload } from './offload.ts';
import type { Question } from './question.ts';
import { type Dtype, expertsHit, kvBytes, prefillFlops, sizesOf, stepBytes } from './size.ts';
import { type Advice, advise } from './suggest.ts';

/** From what somebody has reached to what somebody has reached at best. */
export type Range = readonly [least: number, most: number];

/** How fast it goes with so many chats at once. */
export interface Speed {
  readonly chats: number;
  /** Experts of a layer that a step reads, on average. */
  readonly experts: number;
  /** Bytes that a step reads. */
  readonly bytes: number;
  /** Tokens/s of all chats together: what the bandwidth allows, and what is to be expected. */
  readonly limit: number;
  readonly expected: Range;
  /** Tokens/s that one of them sees. */
  readonly each: Range;
}

export interface Plan {
  readonly machine: Machine;
  readonly dtype: Dtype;
  readonly context: number;
  readonly weights: number;
  /** Bytes of a token's, and of a whole chat's keys and values. */
  readonly kvToken: number;
  readonly kvChat: number;
  /** What is left for keys and values, bytes; negative when not even the weights fit. */
  readonly room: Range;
  /** How many chats fit, in the worst and in the best case. */
  readonly fits: Range;
  /** Whether the weights and what was asked for have room, also in the worst case. */
  readonly holds: boolean;
  readonly speeds: readonly Speed[];
  /** Tokens/s of reading a prompt of that many tokens. */
  readonly prefill: { readonly prompt: number; readonly limit: number; readonly expected: Range };
  /** Seconds of loading the weights from each disk. */
  readonly loading: readonly { readonly disk: string; readonly seconds: number }[];
  /** Seconds for one token when the weights have to come from disk each time; only where that can be. */
  readonly fromDisk: number | undefined;
  /** What it comes to when experts stay in the host's memory; only where the weights do not fit and that can be. */
  readonly offload: (Offloaded & { /** For a token, at best. */ readonly seconds: number }) | undefined;
  readonly advice: readonly Advice[];
  /** What the figures leave out. */
  readonly remarks: readonly string[];
}

const BATCHES = [1, 4, 8, 16, 32, 64];
/** A chat is half full on average: its window is cut to half whenever it is full, and begins empty. */
const FILL = 0.5;

/** What a machine can do with a model: arithmetic alone, nothing is measured and nothing is tried. */
export function plan(question: Question): Plan {
  const { shape, machine, dtype, chats } = question;
  const context = question.context ?? shape.sequenceLen;
  const weights = sizesOf(shape, dtype).model;
  const kvToken = kvBytes(shape);
  const kvChat = context * kvToken;
  const room = [machine.memory[0] - weights, machine.memory[1] - weights] as const;
  const fits = [chatsIn(room[0], kvChat), chatsIn(room[1], kvChat)] as const;
  const holds = room[0] >= 0 && fits[0] >= (chats ?? 1);
  const batches = chats === undefined ? BATCHES.filter((batch) => batch <= fits[1]) : [chats];
  const active = stepBytes(shape, dtype, 1);
  const [disk] = machine.disks;
  return {
    ...{ machine, dtype, context, weights, kvToken, kvChat, room, fits, holds },
    speeds: room[1] < 0 ? [] : batches.map((batch) => speedOf(question, batch, FILL * context)),
    prefill: prefillOf(question, Math.min(2048, context)),
    loading: machine.disks.map(({ name, rate }) => ({ disk: name, seconds: weights / rate })),
    fromDisk: machine.maps && room[1] < 0 && disk ? active / disk.rate : undefined,
    offload: room[0] < 0 ? offloaded(question, kvChat) : undefined,
    advice: holds ? [] : advise(question, fits),
    remarks: [...machine.remarks, ...splitRemark(question)],
  };
}

function speedOf({ shape, machine, dtype }: Question, chats: number, context: number): Speed {
  const bytes = stepBytes(shape, dtype, chats, context);
  const seconds = bytes / machine.bandwidth;
  const [least, most] = machine.decode;
  const rate = (share: number) => chats / (seconds / share + machine.overhead);
  // What was measured at the lower end has its waiting in it already.
  const expected = [(chats / seconds) * least.share, rate(most.share)] as const;
  return {
    ...{ chats, experts: expertsHit(shape, chats), bytes, limit: chats / seconds, expected },
    each: [expected[0] / chats, expected[1] / chats],
  };
}

function prefillOf({ shape, machine }: Question, prompt: number): Plan['prefill'] {
  const limit = machine.flops / prefillFlops(shape, prompt);
  return { prompt, limit, expected: [limit * machine.prefill[0].share, limit * machine.prefill[1].share] };
}

/** Only where cards can leave experts on the host. Reading is one after the other: what crosses, and what is there. */
function offloaded({ shape, machine, dtype, chats = 1 }: Question, kvChat: number): Plan['offload'] {
  if (machine.link === undefined) return undefined;
  const found = offload(shape, dtype, machine.memory[0] - chats * kvChat);
  if (!found) return undefined;
  const here = stepBytes(shape, dtype, 1) - found.crossing;
  return { ...found, seconds: found.crossing / machine.link + here / machine.bandwidth };
}

/** Each device has whole heads of keys and values. */
function splitRemark({ shape: { numKvHeads }, machine: { devices } }: Question): string[] {
  if (numKvHeads % devices === 0) return [];
  return [
    `${numKvHeads} heads of keys and values do not divide evenly among ${devices} devices: some would hold more than is counted here.`,
  ];
}

function chatsIn(room: number, kvChat: number): number {
  return Math.max(0, Math.floor(room / kvChat));
}
