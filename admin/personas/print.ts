import { createHash } from 'node:crypto';

/** Tells one content of a file from another. */
export const printOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);
