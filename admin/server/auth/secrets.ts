import { createHash, randomBytes } from 'node:crypto';

/** A secret that nobody guesses: 256 bits, in letters that need no escape in an address. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret. No salt and no slow hash: unlike a password, it cannot be guessed. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
