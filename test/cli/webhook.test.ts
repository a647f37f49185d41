import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TELEGRAM_PATH } from '../../admin/index.ts';
import { startDashboard } from '../../cli/admin.ts';
import { App } from '../../cli/app.ts';
import { readConfig } from '../../cli/config.ts';
import { silentLog } from '../../cli/log.ts';
import { startTelegramBot } from '../../cli/telegram.ts';
import * as telegram from '../fakes/telegram/index.ts';
import { until } from '../queue/fixtures/messages.ts';

it('Telegram calls the dashboard’s server, and its messages are answered', async () => {
  const home = mkdtempSync(join(tmpdir(), 'wisecrack-webhook-'));
  const fake = await telegram.startFakeTelegram();
  const app = new App(readConfig({ WISECRACK_HOME: home, WISECRACK_ADMIN_PORT: '0' }, {}), silentLog());
  try {
    const queue = await app.queue();
    const worker = queue.startWorker({ handle: async () => ({ finish: 'stop', text: 'By webhook.' }) });
    app.keep('worker', { close: () => worker.close({ handBackAfterMs: 0 }) });
    const admin = await startDashboard(app);
    const webhook = { url: admin.url + TELEGRAM_PATH, admin };
    await startTelegramBot(app, { token: fake.token, apiRoot: fake.url, webhook }, new AbortController().signal);

    const ann = fake.addUser({ first_name: 'Ann', username: 'ann_1', language_code: 'en' });
    ann.says(ann.chat, 'Hello!');
    const said = () => [...ann.chat.messages.values()].filter(({ from }) => from === fake.bot).map(({ text }) => text);
    await until(() => said().includes('By webhook.'), 30_000);

    // Who does not know the secret is not heard.
    const post = (headers: Record<string, string>) =>
      fetch(webhook.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ update_id: 5 }),
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ 'x-telegram-bot-api-secret-token': fake.token })).status).toBe(401);
  } finally {
    await app.close();
    await fake.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}, 120_000);
