import { WisecrackError } from '../../errors.ts';
import type { App } from '../app.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';

export interface DevOptions {
  /** Where the page is served; 0 is any free port. */
  port: number;
}

/** Starts the bot; it is closed with `app`. */
type StartBot<Access> = (access: Access, app: App, signal: AbortSignal) => Promise<void>;

/** `wisecrack dev discord`: a fake Discord, a page to use it, and the bot, until Ctrl-C. */
export function devDiscord({ port }: DevOptions): Promise<void> {
  return dev('Discord', async () => {
    const { openPlayground } = await import('../../test/fakes/discord/page/open.ts');
    const { startDevDiscord: startBot } = await import('../discord.ts');
    const { discord, page, close } = await openPlayground({ port }).catch(taken(port));
    return { page, close, startBot, access: { token: discord.token, api: discord.url } };
  });
}

/** `wisecrack dev telegram`: a fake Telegram, a page to use it, and the bot, until Ctrl-C. */
export function devTelegram({ port }: DevOptions): Promise<void> {
  return dev('Telegram', async () => {
    const { openPlayground } = await import('../../test/fakes/telegram/page/open.ts');
    const { startDevTelegram: startBot } = await import('../telegram.ts');
    const { telegram, page, close } = await openPlayground({ port }).catch(taken(port));
    return { page, close, startBot, access: { token: telegram.token, apiRoot: telegram.url } };
  });
}

/** A fake platform that is running, and how to start the bot against it. */
interface Opened<Access> {
  page: { url: string };
  access: Access;
  startBot: StartBot<Access>;
  close(): Promise<void>;
}

/** The fakes belong to the tests: `open` loads one only here, and only when it is wanted. */
function dev<Access>(platform: string, open: () => Promise<Opened<Access>>): Promise<void> {
  return run('file', async (app, signal) => {
    const { page, access, startBot, close } = await open();
    try {
      console.log(`${platform}: ${page.url}`);
      await startBot(access, app, signal);
      notice('Ctrl-C ends it.');
      await aborted(signal);
    } finally {
      // The bot takes its leave before its platform is gone.
      await app.close();
      await close();
    }
    return 0;
  });
}

function taken(port: number): (error: unknown) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new WisecrackError('WISECRACK_PORT_TAKEN', { port }, { cause: error });
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
