import type { Card } from './cards.ts';

const GIB = 2 ** 30;
/** Per card: the driver's context, the kernels' workspace, graphs. */
const WORKSPACE_GIB = 1.5;

/** A part of a limit that somebody has reached, and who. */
export interface Fraction {
  readonly share: number;
  readonly source: string;
}

/** A rate at which files can be read, bytes/s. */
export interface Disk {
  readonly name: string;
  readonly rate: number;
}

/** What a model would run on. */
export interface Machine {
  readonly name: string;
  /** Devices that share the model. */
  readonly devices: number;
  /** Bytes for weights, keys and values, of all devices, from the worst to the best case. */
  readonly memory: readonly [least: number, most: number];
  /** What is kept free beside that, bytes, of all devices. */
  readonly workspace: number;
  /** Bytes/s that all devices read together. */
  readonly bandwidth: number;
  /** Operations/s of all devices. */
  readonly flops: number;
  /** What a step costs beside reading, in s: devices wait for one another. */
  readonly overhead: number;
  /** What has been reached of the bandwidth by decoding, and of the operations by reading prompts: the least and the most. */
  readonly decode: readonly [least: Fraction, most: Fraction];
  readonly prefill: readonly [least: Fraction, most: Fraction];
  readonly disks: readonly Disk[];
  /** What the figures leave out. */
  readonly remarks: readonly string[];
  /** Whether weights beyond the memory can be read from disk at each step. */
  readonly maps: boolean;
  /** Bytes/s that all devices get from the host's memory, where experts beyond theirs can stay. */
  readonly link?: number;
}

const GPU_DECODE = [
  { share: 0.38, source: 'Grok-1 in int8 on 8 A100, one chat: 73 tokens/s (gpt-fast, pull request 171)' },
  { share: 0.76, source: 'Mixtral in fp8 on one H100 (calm, README)' },
] as const;
const GPU_PREFILL = [
  { share: 0.26, source: 'mixture of experts in 4 bits, live, on H100: 254 TFLOP/s (SGLang, pull request 38884)' },
  { share: 0.75, source: 'attention in fp16 on H100 (FlashAttention-3, arXiv 2407.08608)' },
] as const;
/** Two all-reduces a layer of 6 to 8 us each, 64 layers (SGLang, pull request 2904: 8 H100). */
const ALL_REDUCE_S = 0.0009;

/** Who measured how fast cards get bytes from the host. */
export const LINK_SOURCE =
  'measured by others: 25 GB/s through PCI Express 4 (ZaidQureshi/bam, issue 54), 55 through 5 (nvbandwidth)';

const NVME: readonly Disk[] = [
  { name: 'one NVMe disk, 7 GB/s', rate: 7e9 },
  { name: 'four of them striped, 25 GB/s', rate: 25e9 },
];

/** So many cards of a kind in one box. */
export function ofCards(card: Card, count: number): Machine {
  const [least, most] = card.usableGiB;
  return {
    ...{ name: `${count} x ${card.name}`, devices: count },
    memory: [count * (least - WORKSPACE_GIB) * GIB, count * (most - WORKSPACE_GIB) * GIB],
    workspace: count * WORKSPACE_GIB * GIB,
    ...{ bandwidth: count * card.bandwidth * 1e9, flops: count * card.bf16 * 1e12 },
    overhead: count > 1 ? ALL_REDUCE_S : 0,
    ...{ decode: GPU_DECODE, prefill: GPU_PREFILL, disks: NVME, maps: false },
    ...(card.cuda ? { link: count * card.link * 1e9 } : {}),
    remarks: [
      ...(card.linked || count === 1
        ? []
        : ['These cards have no links but PCI Express: they wait longer for one another than is counted here.']),
      ...(card.cuda ? [] : ['Our CUDA kernels are not made for these cards: they can serve a remote engine.']),
    ],
  };
}

/** What was measured on a computer without a graphics card. */
export interface Measured {
  readonly cores: number;
  /** Bytes that are free for us. */
  readonly memory: number;
  /** Bytes/s, operations/s. */
  readonly bandwidth: number;
  readonly flops: number;
  /** Bytes/s; undefined when it could not be measured. */
  readonly disk: number | undefined;
}

/** The rest of the system, and what the engine needs beside weights, keys and values. */
const CPU_WORKSPACE = 2 * GIB;

/** Its processor does the work. */
export function ofMeasured({ cores, memory, bandwidth, flops, disk }: Measured): Machine {
  const free = Math.max(0, memory - CPU_WORKSPACE);
  return {
    ...{ name: `this machine, ${cores} core${cores === 1 ? '' : 's'}`, devices: 1, memory: [free, free] },
    ...{ workspace: CPU_WORKSPACE, bandwidth, flops, overhead: 0 },
    decode: [
      { share: 0.74, source: 'llama.cpp in bf16 on two Zen 3 cores' },
      { share: 0.9, source: 'what "wisecrack bench engine" asks of our kernels' },
    ],
    prefill: [
      { share: 0.5, source: 'ik_llama.cpp in bf16 on two Zen 3 cores' },
      { share: 0.75, source: 'what "wisecrack bench engine" asks of our kernels' },
    ],
    disks: disk === undefined ? [] : [{ name: 'this disk, measured', rate: disk }],
    ...{ remarks: [], maps: true },
  };
}
