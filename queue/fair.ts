import type { Job } from './schema/index.ts';

/** Who shares the queue with the others as one: a server, or a person outside of one. See lua/includes/fair.lua. */
export function tenantOf({
  server,
  user,
  conversation,
}: Partial<Pick<Job, 'server' | 'user' | 'conversation'>>): string {
  return server ?? user ?? conversation ?? '';
}
