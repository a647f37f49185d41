import { startMirror } from '../admin/personas/mirror.ts';
import { reasonOf } from '../errors.ts';
import type { App } from './app.ts';

/** Keeps this machine's own personas as the dashboard saves them, wherever that runs; it is closed with `app`. */
export async function followDashboard(app: App): Promise<void> {
  const { savedPersonas: saved } = await app.queue();
  const onError = (error: unknown) => app.log.warn({ error: reasonOf(error) }, 'saved personas were not taken over');
  app.keep('saved personas', await startMirror({ saved, folder: app.config.ownPersonas, onError }));
}
