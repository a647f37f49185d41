import { convertModel } from '../../inference/engine/index.ts';
import { bytesText } from '../bytes.ts';
import { Progress } from '../progress.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { Transfer } from '../transfer.ts';

export interface ConvertOptions {
  dtype: 'bf16' | 'int8';
  /** 0: files of about 10 GB. */
  shards: number;
}

/** `wisecrack convert` */
export function convert(source: string, target: string, { dtype, shards }: ConvertOptions): Promise<void> {
  return run('file', async (_app, signal) => {
    const progress = new Progress(`Converting to ${dtype}`);
    const transfer = new Transfer();
    try {
      const { bytes, found, ...made } = await convertModel({
        ...{ source, target, dtype, shards, threads: 0, signal },
        onProgress: (done, total, before) => progress.at(done / total, transfer.describe(done, total, before)),
      });
      progress.end();
      const files = made.shards === 1 ? 'one file' : `${made.shards} files`;
      console.log(`${target}: ${bytesText(bytes)} in ${files}`);
      if (found === bytes) notice('All of it was there already, as its checksums say.');
      else if (found > 0) notice(`${bytesText(found)} of it was there already.`);
      return 0;
    } finally {
      progress.end();
    }
  });
}
