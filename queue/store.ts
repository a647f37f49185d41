import type { Queue as Bull } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import type { Run } from './scripts.ts';
import type { Conversations, Limits } from './types.ts';

/** What the parts of an open queue share. */
export interface Store {
  /** The one connection for everything that does not block. */
  redis: Redis;
  /** Opens a connection of its own, for what does block. */
  connect: () => Redis;
  run: Run;
  keys: Keys;
  prefix: string;
  bull: Bull;
  conversations: Conversations;
  limits: Limits;
  onError: (error: unknown) => void;
}
