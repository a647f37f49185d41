import { createConnection, type Socket } from 'node:net';
import { WisecrackError } from '../../errors.ts';
import type { Place } from './place.ts';

/** What a socket says when nobody listens at it. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** Whether somebody listens at a unix socket. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/**
 * Joins the users of the keeper and waits until its Redis is ready; undefined when there is no keeper, or one that is
 * about to go. The socket does not keep this process alive.
 */
export function joinKeeper({ keeperSocket, folder }: Place): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(keeperSocket, () => socket.write('join'));
    socket.setEncoding('utf8');
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (NOBODY.has(error.code ?? '')) return resolve(undefined);
      const reason = error.code ?? error.message;
      reject(new WisecrackError('WISECRACK_REDIS_IN_USE', { folder, reason }));
    });
    socket.once('data', (line) => {
      const [, reason] = /^failed (.*)/.exec(String(line)) ?? [];
      if (reason) reject(new WisecrackError('WISECRACK_REDIS_FAILED', { folder, reason }));
      else resolve(socket.resume().unref());
    });
    socket.once('close', () => resolve(undefined));
  });
}
