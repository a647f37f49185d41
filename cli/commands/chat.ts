import { runTerminal } from '../chat.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { ensureWorker } from '../worker.ts';

/** `wisecrack chat` */
export function chat({ device }: { device?: string }): Promise<void> {
  return run('file', async (app, signal) => {
    await ensureWorker(app, signal, notice, device);
    await runTerminal(app, signal);
    return 0;
  });
}
