/** A graphics card, as its maker describes it. */
export interface Card {
  readonly name: string;
  /** How else people call it, in lower case. */
  readonly aliases: readonly string[];
  /** What a program gets of its memory, GiB, from the worst to the best report: drivers and error correction take a part. */
  readonly usableGiB: readonly [least: number, most: number];
  /** GB/s */
  readonly bandwidth: number;
  /** Dense bf16 with float32 accumulation, TFLOP/s. */
  readonly bf16: number;
  /** Whether our CUDA kernels are made for it (sm_80 and newer); others can serve a remote engine. */
  readonly cuda: boolean;
  /** Whether eight of them in a box are joined by more than PCI Express. */
  readonly linked: boolean;
  /** GB/s that come from the host's memory, as others have measured them (machine.ts: LINK_SOURCE). */
  readonly link: number;
  /** Where the figures are from. */
  readonly source: string;
}

/**
 * Peaks of the makers' data sheets; usable memory as nvidia-smi and rocm-smi show it, or where no report is at hand, the nominal less what
 * is taken of its like.
 */
export const cards: readonly Card[] = [
  {
    ...{
      name: 'A100-80',
      aliases: ['a100', 'a100-80gb'],
      usableGiB: [78, 79.2],
      bandwidth: 2039,
      bf16: 312,
      cuda: true,
      linked: true,
      link: 25,
    },
    source: 'NVIDIA A100 80GB SXM data sheet',
  },
  {
    ...{
      name: 'H100-80',
      aliases: ['h100', 'h100-80gb'],
      usableGiB: [78, 79.2],
      bandwidth: 3350,
      bf16: 989,
      cuda: true,
      linked: true,
      link: 55,
    },
    source: 'NVIDIA H100 SXM data sheet; nvidia-smi 81559 MiB',
  },
  {
    ...{
      name: 'H200',
      aliases: ['h200-141', 'h200-141gb'],
      usableGiB: [139, 139],
      bandwidth: 4800,
      bf16: 989,
      cuda: true,
      linked: true,
      link: 55,
    },
    source: 'NVIDIA H200 SXM data sheet; nvidia-smi 143771 MiB',
  },
  {
    ...{
      name: 'B200',
      aliases: ['b200-192', 'b200-180'],
      usableGiB: [179, 179],
      bandwidth: 7700,
      bf16: 2250,
      cuda: true,
      linked: true,
      link: 55,
    },
    source: 'NVIDIA HGX B200 data sheet; nvidia-smi 183359 MiB; 7680-bit bus as in pytorch/ao pull request 4002',
  },
  {
    ...{
      name: 'MI300X',
      aliases: ['mi300'],
      usableGiB: [191.5, 191.5],
      bandwidth: 5300,
      bf16: 1307,
      cuda: false,
      linked: true,
      link: 55,
    },
    source: 'AMD Instinct MI300X data sheet; nominal 192 GiB',
  },
  {
    ...{
      name: 'MI325X',
      aliases: ['mi325'],
      usableGiB: [255.5, 255.5],
      bandwidth: 6000,
      bf16: 1307,
      cuda: false,
      linked: true,
      link: 55,
    },
    source: 'AMD Instinct MI325X data sheet; nominal 256 GiB',
  },
  {
    ...{
      name: 'A100-40',
      aliases: ['a100-40gb'],
      usableGiB: [39.4, 39.4],
      bandwidth: 1555,
      bf16: 312,
      cuda: true,
      linked: true,
      link: 25,
    },
    source: 'NVIDIA A100 40GB SXM data sheet; nvidia-smi 40536 MiB',
  },
  {
    ...{
      name: 'L40S',
      aliases: ['l40'],
      usableGiB: [44.5, 44.5],
      bandwidth: 864,
      bf16: 362,
      cuda: true,
      linked: false,
      link: 25,
    },
    source: 'NVIDIA L40S data sheet; nvidia-smi 46068 MiB',
  },
  {
    ...{
      name: 'RTX-PRO-6000',
      aliases: ['pro6000', 'rtx6000'],
      usableGiB: [95, 95],
      bandwidth: 1792,
      bf16: 500,
      cuda: true,
      linked: false,
      link: 55,
    },
    source: 'NVIDIA RTX PRO 6000 Blackwell data sheet (bf16: half of its sparse figure)',
  },
  {
    ...{
      name: 'RTX-4090',
      aliases: ['4090', 'rtx4090'],
      usableGiB: [23.5, 23.5],
      bandwidth: 1008,
      bf16: 165,
      cuda: true,
      linked: false,
      link: 25,
    },
    source: 'NVIDIA Ada GPU architecture paper; nvidia-smi 24564 MiB',
  },
];

/** @returns undefined when there is none of that name */
export function cardOf(name: string): Card | undefined {
  const wanted = name.toLowerCase();
  return cards.find((card) => card.name.toLowerCase() === wanted || card.aliases.includes(wanted));
}
