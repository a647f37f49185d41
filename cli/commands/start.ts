import { type Admin, TELEGRAM_PATH } from '../../admin/index.ts';
import { hasColor, paint } from '../../bots/console/index.ts';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { App } from '../app.ts';
import { runTerminal } from '../chat.ts';
import { followDashboard } from '../personas.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { liveModels, startOwnWorker, toyWarning } from '../worker.ts';

export interface StartOptions {
  only?: 'worker' | 'console' | 'discord' | 'telegram' | 'admin';
}

/** `wisecrack start`: the worker, the dashboard, every adapter that is configured, and the console when somebody sits at a terminal. */
export function start({ only }: StartOptions): Promise<void> {
  const attached = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const withConsole = only === 'console' || (only === undefined && attached);
  return run(withConsole ? 'file' : 'service', async (app, signal) => {
    // Before the first reply: it speaks as was saved last.
    await followDashboard(app);
    const works = only === undefined || only === 'worker';
    const model = works ? await startOwnWorker(app, signal) : ((await liveModels(app))[0] ?? '');
    if (works) await startNews(app);
    const admin = await openDashboard(app, only);
    await startAdapters(app, only, signal, admin);
    app.log.info({ model, redis: (await app.redis()).url, only: only ?? 'all' }, 'Wisecrack is up');
    if (withConsole) {
      if (attached) await showBanner(app, model, admin);
      await runTerminal(app, signal);
    } else {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      app.log.info('Wisecrack ends');
    }
    return 0;
  });
}

/** The dashboard; where it cannot listen, because another process has its port for instance, the rest goes on. */
async function openDashboard(app: App, only: StartOptions['only']): Promise<Admin | undefined> {
  const { port } = app.config.admin;
  const alone = only === 'admin';
  if ((only !== undefined && !alone) || (port === 0 && !alone)) return undefined;
  try {
    const admin = await (await import('../admin.ts')).startDashboard(app);
    // To people, and to nobody's log: whoever has the link becomes the owner.
    process.stderr.write(linkText(admin));
    return admin;
  } catch (error) {
    if (alone) throw error;
    app.log.error({ error: reasonOf(error), mend: mendOf(error) }, 'the dashboard did not start');
    notice(`The dashboard did not start: ${reasonOf(error)}. ${mendOf(error)}`);
    return undefined;
  }
}

const linkText = ({ url, setupLink }: Admin) =>
  setupLink === undefined
    ? `Dashboard: ${url}\nChat:      ${url}/chat (Menu, Invite somebody makes a link)\n`
    : `Dashboard: open this link once to become its owner:\n  ${setupLink}\n` +
      `Chat:      ${url}/chat (Menu, Invite somebody makes a link)\n`;

/** Reads the feeds that the operator names. */
async function startNews(app: App): Promise<void> {
  const { feeds } = app.config;
  if (feeds.length === 0) return;
  const news = await import('../../bots/news/index.ts');
  app.keep('news', news.startNews({ queue: await app.queue(), feeds, log: app.log }));
}

/** The bots of the platforms that are configured; one that cannot start does not keep the others from it. */
async function startAdapters(
  app: App,
  only: StartOptions['only'],
  signal: AbortSignal,
  admin: Admin | undefined,
): Promise<void> {
  const { discordToken, telegramToken, telegramWebhook, admin: site } = app.config;
  // Where this process has no dashboard, another one hears Telegram: here it is asked for its news.
  const webhook = telegramWebhook && admin ? { url: `${site.url}${TELEGRAM_PATH}`, admin } : undefined;
  // Each client is loaded only where there is a token for it: discord.js alone takes longer than all the rest.
  await startAdapter(app, 'Discord', only, discordToken, async (token) =>
    (await import('../discord.ts')).startDiscordBot(app, { token }, signal),
  );
  await startAdapter(app, 'Telegram', only, telegramToken, async (token) =>
    (await import('../telegram.ts')).startTelegramBot(app, { token, ...(webhook && { webhook }) }, signal),
  );
}

async function startAdapter(
  app: App,
  platform: 'Discord' | 'Telegram',
  only: StartOptions['only'],
  token: string | undefined,
  start: (token: string) => Promise<void>,
): Promise<void> {
  const alone = only === platform.toLowerCase();
  if (only !== undefined && !alone) return;
  if (!token) {
    if (alone) throw new WisecrackError('WISECRACK_TOKEN_MISSING', { name: `${platform.toUpperCase()}_TOKEN` });
    return;
  }
  await start(token).catch((error) => {
    if (alone) throw error;
    app.log.error({ error: reasonOf(error), mend: mendOf(error) }, `the ${platform} bot did not start`);
    notice(`The ${platform} bot did not start: ${reasonOf(error)}. ${mendOf(error)}`);
  });
}

const mendOf = (error: unknown) => (error instanceof WisecrackError ? error.mend : '');

async function showBanner(app: App, model: string, admin: Admin | undefined): Promise<void> {
  const { url } = await app.redis();
  const personas = (await app.personas()).personas.map(({ id }) => id).join(', ');
  console.log(paint('bold', 'Wisecrack', hasColor(process.stdout)));
  console.log(`  model     ${model || 'no worker runs: start one with "wisecrack start --only worker"'}`);
  console.log(`  redis     ${app.config.redisUrl ? url : 'embedded'}`);
  console.log(`  personas  ${personas}`);
  if (admin) console.log(`  dashboard ${admin.url}\n  chat      ${admin.url}/chat`);
  notice(toyWarning(model));
}
