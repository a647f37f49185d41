import type { WebChat } from '../bots/web/index.ts';
import { openWebChat } from '../bots/web/index.ts';
import type { App } from './app.ts';

/** Opens the chat on the web, which the dashboard's server serves; it is closed with `app`. */
export async function startWebChat(app: App): Promise<WebChat> {
  const { persona } = app.config;
  const [queue, personas] = await Promise.all([app.queue(), app.personas()]);
  const opened = await openWebChat({ queue, personas, persona, log: app.log.child({ adapter: 'web' }) });
  const heartbeat = await app.beat('web', () => ({}));
  app.keep('web chat', {
    async close() {
      await opened.close();
      await heartbeat.stop();
    },
  });
  return opened.chat;
}
