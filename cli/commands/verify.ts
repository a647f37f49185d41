import type { Activations } from '../../inference/engine/index.ts';
import { verify as verifyFolder } from '../../inference/engine/index.ts';
import { run } from '../run.ts';

export interface VerifyOptions {
  activations: Activations;
  shards: string;
}

/** `wisecrack verify` */
export function verify(folder: string, options: VerifyOptions): Promise<void> {
  return run('file', async ({ config: { device } }) => {
    const report = await verifyFolder(folder, {
      ...options,
      device,
      shards: Number(options.shards),
      onLine: (line) => console.log(line),
    });
    return report.ok ? 0 : 1;
  });
}
