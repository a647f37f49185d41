import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import { fileReason } from '../reason.ts';
import { readSafetensors, type Tensor } from './safetensors.ts';

/** Files that make a folder one of golden vectors, beside the weights. */
const FILES = ['config.json', 'golden.json', 'golden.safetensors'] as const;

/** The forms in which the weights may lie in such a folder. */
export const FORMS = ['model.safetensors', 'ckpt-0'] as const;
export type Form = (typeof FORMS)[number];

const Prompts = z.object({
  prompts: z.array(z.object({ name: z.string(), tokens: z.array(z.int()).min(1), greedy: z.array(z.int()) })).min(1),
});

export type GoldenPrompt = z.infer<typeof Prompts>['prompts'][number];

/** What the reference gave for one model. */
export interface Golden {
  folder: string;
  /** In which forms the weights are there: one at least. */
  forms: Form[];
  prompts: GoldenPrompt[];
  /** @throws WisecrackError when the file has no such tensor, or one of another size. */
  tensor(name: string, length?: number): Tensor;
  has(name: string): boolean;
}

/** @throws WisecrackError WISECRACK_GOLDEN_INVALID */
export async function readGolden(folder: string): Promise<Golden> {
  const invalid = (reason: string, cause?: unknown) =>
    new WisecrackError('WISECRACK_GOLDEN_INVALID', { folder, reason }, { cause });
  const forms = FORMS.filter((form) => existsSync(join(folder, form)));
  const missing = [
    ...FILES.filter((file) => !existsSync(join(folder, file))),
    ...(forms.length > 0 ? [] : [FORMS.join(' or ')]),
  ];
  if (missing.length > 0) throw invalid(`there is no ${missing.join(', no ')}`);

  let prompts: GoldenPrompt[];
  try {
    prompts = Prompts.parse(JSON.parse(await readFile(join(folder, 'golden.json'), 'utf8'))).prompts;
  } catch (error) {
    throw invalid(`golden.json: ${fileReason(error)}`, error);
  }
  const tensors = await readSafetensors(join(folder, 'golden.safetensors')).catch((error) => {
    throw invalid(`golden.safetensors: ${reasonOf(error)}`, error);
  });
  return {
    folder,
    forms,
    prompts,
    has: (name) => tensors.has(name),
    tensor(name, length) {
      const tensor = tensors.get(name);
      if (!tensor) throw invalid(`golden.safetensors has no ${name}`);
      if (length !== undefined && tensor.data.length !== length) {
        throw invalid(`${name} has ${tensor.data.length} values, the engine gives ${length}`);
      }
      return tensor;
    },
  };
}

/** The golden folders in `dir` (itself, or its subfolders), and those of its subfolders that cannot be checked, with why. */
export async function findGolden(
  dir: string,
): Promise<{ folders: string[]; skipped: { folder: string; reason: string }[] }> {
  if (existsSync(join(dir, 'golden.json'))) return { folders: [dir], skipped: [] };
  const entries = await readdir(dir, { withFileTypes: true }).catch((error) => {
    throw new WisecrackError('WISECRACK_GOLDEN_INVALID', { folder: dir, reason: reasonOf(error) }, { cause: error });
  });
  const found = { folders: [] as string[], skipped: [] as { folder: string; reason: string }[] };
  for (const { name } of entries.filter((entry) => entry.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = join(dir, name);
    if (FORMS.some((form) => existsSync(join(folder, form)))) found.folders.push(folder);
    else found.skipped.push({ folder, reason: 'it holds no weights' });
  }
  if (found.folders.length > 0) return found;
  const reason = 'neither it nor a folder in it has golden.json and weights';
  throw new WisecrackError('WISECRACK_GOLDEN_INVALID', { folder: dir, reason });
}
