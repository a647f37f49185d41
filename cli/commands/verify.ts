import type { Activations } from '../../inference/engine/index.ts';
import { verify as verifyFolder } from '../../inference/engine/index.ts';
import { run } from '../run.ts';

export interface VerifyOptions {
  device: 'cpu' | 'cuda';
  activations: Activations;
  shards: string;
}

/** `wisecrack verify` */
export function verify(folder: string, options: VerifyOptions): Promise<void> {
  return run('file', async () => {
    const report = await verifyFolder(folder, {
      ...options,
      shards: Number(options.shards),
      onLine: (line) => console.log(line),
    });
    return report.ok ? 0 : 1;
  });
}
