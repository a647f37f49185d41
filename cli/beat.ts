import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { reasonOf } from '../errors.ts';
import type { App } from './app.ts';

/** How often an adapter says that it lives, in ms; it counts as gone after three times that. */
const HEARTBEAT_MS = 5000;

/** Says that an adapter lives, until the returned function is called. */
export function beat(app: App, name: string, stats: () => Record<string, unknown>): () => void {
  const id = `${name}:${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const startedAt = Date.now();
  const say = async () => {
    const { heartbeats } = await app.queue();
    await heartbeats.beat({ ...stats(), id, kind: 'adapter', name, startedAt }, 3 * HEARTBEAT_MS);
  };
  const complain = (error: unknown) => app.log.warn({ error: reasonOf(error) }, 'no heartbeat could be sent');
  const timer = setInterval(() => say().catch(complain), HEARTBEAT_MS);
  timer.unref();
  say().catch(complain);
  return () => {
    clearInterval(timer);
    app
      .queue()
      .then(({ heartbeats }) => heartbeats.stop(id))
      .catch(() => undefined);
  };
}
