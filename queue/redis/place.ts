import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { WisecrackError } from '../../errors.ts';

/** Where the embedded Redis keeps what. */
export interface Place {
  /** Its data and logs. */
  folder: string;
  sockets: string;
  redisSocket: string;
  keeperSocket: string;
  /** Held while a keeper is started. */
  lock: string;
}

/** The longest path of a unix socket is 107 bytes on Linux and 103 on macOS. */
const LONGEST_SOCKET = 100;

/** The place of the embedded Redis of `home`; its folders are made, for their owner only. */
export function placeIn(home: string): Place {
  const folder = resolve(home, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sockets = Buffer.byteLength(join(folder, 'keeper.sock')) <= LONGEST_SOCKET ? folder : shortFolderFor(folder);
  return {
    folder,
    sockets,
    redisSocket: join(sockets, 'redis.sock'),
    keeperSocket: join(sockets, 'keeper.sock'),
    lock: join(folder, 'start.lock'),
  };
}

/** A short folder for a long one. In /tmp and not in TMPDIR, where another process might look for it in vain. */
function shortFolderFor(folder: string): string {
  const short = `/tmp/wisecrack-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  mkdirSync(short, { recursive: true, mode: 0o700 });
  // Anybody may write to /tmp: the folder must be ours, and closed to others.
  const { uid, mode } = lstatSync(short);
  if (!lstatSync(short).isDirectory() || uid !== process.getuid?.() || (mode & 0o077) !== 0) {
    throw new WisecrackError('WISECRACK_REDIS_IN_USE', { folder, reason: `${short} belongs to somebody else` });
  }
  return short;
}

/** The redis-server in PATH. */
export function findServer(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder || '.', 'redis-server');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {}
  }
  throw new WisecrackError('WISECRACK_REDIS_MISSING');
}
