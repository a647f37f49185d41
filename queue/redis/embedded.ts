import type { Socket } from 'node:net';
import { WisecrackError } from '../../errors.ts';
import type { RedisHandle } from '../types.ts';
import { connectTo } from './connect.ts';
import { endLeftover, startKeeper } from './keeper.ts';
import { withLock } from './lock.ts';
import { findServer, type Place, placeIn } from './place.ts';
import { answers, joinKeeper } from './sockets.ts';

/** How long all of it may take, an end of the Redis before us included. */
const START_MS = 20_000;

/**
 * A redis-server of our own, shared by all processes with this `home`: the first starts it, the others join, and it ends
 * with the last of them. It listens on a unix socket only, which is guarded by file permissions: there is no port to
 * collide and no password to leak.
 */
export async function openEmbedded(home: string): Promise<RedisHandle> {
  const place = placeIn(home);
  let closed = false;
  let membership = await join(place);
  const hold = (socket: Socket) => {
    socket.once('close', () => {
      // The keeper was killed: its Redis lives, but would outlive us. A new keeper puts that right.
      if (!closed) join(place).then(takeOver, () => {});
    });
  };
  const takeOver = (socket: Socket) => {
    membership = socket;
    if (closed) socket.end();
    else hold(socket);
  };
  hold(membership);
  return {
    url: `unix:${place.redisSocket}`,
    connect: () => connectTo({ path: place.redisSocket }),
    close: () => {
      if (closed) return Promise.resolve();
      closed = true;
      return new Promise((resolve) => {
        if (membership.destroyed) return resolve();
        membership.once('close', () => resolve());
        membership.ref(); // Else Node may exit before the keeper has heard of it.
        membership.end();
      });
    },
  };
}

/** A membership in the keeper's house, which is built first if there is none. */
async function join(place: Place): Promise<Socket> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const membership = await joinKeeper(place);
    if (membership) return membership;
    const binary = findServer();
    await withLock(place.lock, async () => {
      if (await answers(place.keeperSocket)) return;
      await endLeftover(place);
      await startKeeper(place, binary);
    });
    if (Date.now() > deadline) {
      const values = { folder: place.folder, reason: 'it did not become ready in time' };
      throw new WisecrackError('WISECRACK_REDIS_FAILED', values);
    }
  }
}
