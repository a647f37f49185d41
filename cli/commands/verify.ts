import { type Activations, checkModel, verify as verifyFolder } from '../../inference/engine/index.ts';
import { bytesText } from '../bytes.ts';
import { Progress } from '../progress.ts';
import { run } from '../run.ts';
import { Transfer } from '../transfer.ts';

export interface VerifyOptions {
  activations: Activations;
  shards: string;
  /** Looks at the files, and at nothing else. */
  checksums?: boolean;
}

/** `wisecrack verify` */
export function verify(folder: string, { checksums, ...options }: VerifyOptions): Promise<void> {
  if (checksums) return verifyChecksums(folder);
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

function verifyChecksums(folder: string): Promise<void> {
  return run('file', async (_app, signal) => {
    const progress = new Progress('Reading all files');
    const transfer = new Transfer();
    try {
      const { files, bytes, wrong } = await checkModel({
        ...{ folder, signal },
        onProgress: (done, total) => progress.at(done / total, transfer.describe(done, total)),
      });
      progress.end();
      for (const line of wrong) console.log(line);
      const all = files === 1 ? 'one file' : `${files} files`;
      console.log(
        wrong.length > 0
          ? `${wrong.length} of ${all} must be written anew: "wisecrack convert" with the same source and target does that`
          : `${all}, ${bytesText(bytes)}: all as they were written`,
      );
      return wrong.length > 0 ? 1 : 0;
    } finally {
      progress.end();
    }
  });
}
