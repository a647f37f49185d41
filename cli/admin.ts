import { type Admin, startAdmin, type WindowParts } from '../admin/index.ts';
import type { App } from './app.ts';
import { openMeter } from './persona/meter.ts';
import { version } from './version.ts';
import { startWebChat } from './web.ts';

/** Starts the dashboard; it is closed with `app`. @throws WisecrackError WISECRACK_ADMIN_EXPOSED, WISECRACK_ADMIN_PORT_TAKEN */
export async function startDashboard(app: App): Promise<Admin> {
  const { home, admin: site, personaFolders, ownPersonas } = app.config;
  const [queue, personas] = await Promise.all([app.queue(), app.personas()]);
  const log = app.log.child({ adapter: 'admin' });
  // Closed after the server that tells it what is said.
  const chat = await startWebChat(app);
  const admin = await startAdmin({
    ...{ queue, personas, chat, home, log, version: version(), host: site.host, port: site.port },
    ...(site.url !== undefined && { url: site.url }),
    folders: { builtIn: personaFolders[0] ?? ownPersonas, own: ownPersonas },
    window: () => openWindow(app),
  });
  const heartbeat = await app.beat('admin', () => ({ url: admin.url }), 'admin');
  app.keep('dashboard', {
    async close() {
      await admin.close();
      await heartbeat.stop();
    },
  });
  return admin;
}

/** What lays out prompts as this process's engine does; without one, as the model's own files say. */
const openWindow = async ({ engine, config }: App): Promise<WindowParts> => engine ?? openMeter(config);
