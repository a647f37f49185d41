import { hasColor, paint } from '../../bots/console/index.ts';
import type { App } from '../app.ts';
import { runTerminal } from '../chat.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { liveModels, startOwnWorker, toyWarning } from '../worker.ts';

export interface StartOptions {
  only?: 'worker' | 'console';
}

/** `wisecrack start`: the worker, every adapter that is configured, and the console when somebody sits at a terminal. */
export function start({ only }: StartOptions): Promise<void> {
  const attached = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const withConsole = only === 'console' || (only === undefined && attached);
  return run(withConsole ? 'file' : 'service', async (app, signal) => {
    const model = only === 'console' ? ((await liveModels(app))[0] ?? '') : await startOwnWorker(app, signal);
    if (only === undefined) announceAdapters(app);
    app.log.info({ model, redis: (await app.redis()).url, only: only ?? 'all' }, 'Wisecrack is up');
    if (withConsole) {
      if (attached) await showBanner(app, model);
      await runTerminal(app, signal);
    } else {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      app.log.info('Wisecrack ends');
    }
    return 0;
  });
}

/** Tokens that are set, of adapters that there are not yet. */
function announceAdapters({ config, log }: App): void {
  if (config.discordToken) log.warn('DISCORD_TOKEN is set, but the Discord adapter comes with a later version');
  if (config.telegramToken) log.warn('TELEGRAM_TOKEN is set, but the Telegram adapter comes with a later version');
}

async function showBanner(app: App, model: string): Promise<void> {
  const { url } = await app.redis();
  const personas = (await app.personas()).personas.map(({ id }) => id).join(', ');
  console.log(paint('bold', 'Wisecrack', hasColor(process.stdout)));
  console.log(`  model     ${model || 'no worker runs: start one with "wisecrack start --only worker"'}`);
  console.log(`  redis     ${app.config.redisUrl ? url : 'embedded'}`);
  console.log(`  personas  ${personas}`);
  notice(toyWarning(model));
}
