import { reasonOf, WisecrackError } from '../../errors.ts';
import type { App } from '../app.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';

export interface DevOptions {
  /** Where the page is served; 0 is any free port. */
  port: number;
}

/** Where a bot finds the Discord that it is to be started against. */
export interface DevDiscord {
  token: string;
  /** discord.js's `rest.api`. */
  api: string;
}

/** Where a bot finds the Telegram that it is to be started against. */
export interface DevTelegram {
  token: string;
  /** grammY's `client.apiRoot`. */
  apiRoot: string;
}

/**
 * Starts the bot. It may return when the bot is up, and leave the closing to `app`, or when the bot has ended; it ends when
 * `signal` is aborted.
 */
export type StartBot<Settings = DevDiscord> = (settings: Settings, app: App, signal: AbortSignal) => Promise<void>;

/**
 * `wisecrack dev discord`: a fake Discord and a page to use it, until Ctrl-C.
 *
 * @param startBot - without it, one connects a bot of one's own with the token and address that are printed.
 */
export function devDiscord({ port }: DevOptions, startBot?: StartBot): Promise<void> {
  return dev(
    'Discord',
    async () => {
      const { openPlayground } = await import('../../test/fakes/discord/page/open.ts').catch(unavailable);
      const { discord, page, close } = await openPlayground({ port }).catch(taken(port));
      const settings = { token: discord.token, api: discord.url };
      return { page, close, settings, found: `rest.api ${settings.api} and the token ${settings.token}` };
    },
    startBot,
  );
}

/**
 * `wisecrack dev telegram`: a fake Telegram and a page to use it, until Ctrl-C.
 *
 * @param startBot - without it, one connects a bot of one's own with the token and address that are printed.
 */
export function devTelegram({ port }: DevOptions, startBot?: StartBot<DevTelegram>): Promise<void> {
  return dev(
    'Telegram',
    async () => {
      const { openPlayground } = await import('../../test/fakes/telegram/page/open.ts').catch(unavailable);
      const { telegram, page, close } = await openPlayground({ port }).catch(taken(port));
      const settings = { token: telegram.token, apiRoot: telegram.url };
      return { page, close, settings, found: `apiRoot ${settings.apiRoot} and the token ${settings.token}` };
    },
    startBot,
  );
}

/** A fake platform that is running. */
interface Opened<Settings> {
  page: { url: string };
  settings: Settings;
  /** How a bot of one's own finds it. */
  found: string;
  close(): Promise<void>;
}

/** The fakes belong to the tests: `open` loads one only here, and only when it is wanted. */
function dev<Settings>(
  platform: string,
  open: () => Promise<Opened<Settings>>,
  startBot: StartBot<Settings> | undefined,
): Promise<void> {
  return run('file', async (app, signal) => {
    const { page, settings, found, close } = await open();
    try {
      console.log(`${platform}: ${page.url}`);
      if (startBot) await startBot(settings, app, signal);
      else notice(`No bot is started. One of your own finds it with ${found}.`);
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

function unavailable(error: unknown): never {
  throw new WisecrackError('WISECRACK_DEV_UNAVAILABLE', { reason: reasonOf(error) }, { cause: error });
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
