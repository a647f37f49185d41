import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Admin, startAdmin, type WindowParts } from '../admin/index.ts';
import { reasonOf, WisecrackError } from '../errors.ts';
import { openTokenizer } from '../inference/engine/index.ts';
import type { App } from './app.ts';
import { version } from './version.ts';
import { startWebChat } from './web.ts';

const ModelConfig = z.object({ sequence_len: z.number().int().positive() });

/** Starts the dashboard; it is closed with `app`. @throws WisecrackError WISECRACK_ADMIN_PORT_TAKEN */
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
async function openWindow({ engine, config }: App): Promise<WindowParts> {
  if (engine) return engine;
  const { model: folder, context } = config;
  const tokenizer = await openTokenizer(join(folder, 'tokenizer.model'));
  return { tokenizer, context: context || (await contextOf(folder)) };
}

async function contextOf(folder: string): Promise<number> {
  try {
    return ModelConfig.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).sequence_len;
  } catch (error) {
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder, reason: `config.json: ${reasonOf(error)}` });
  }
}
