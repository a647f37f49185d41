import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CIPHER = 'aes-256-gcm';

/** Seals what must be read again but shall not lie in Redis in clear: TOTP secrets. */
export interface Seal {
  seal(text: string): string;
  /** Undefined when it was sealed with another key. */
  open(sealed: string): string | undefined;
}

/** A seal with the key in `<home>/admin.key`, which is made when it is not there. */
export function openSeal(home: string): Seal {
  const key = keyIn(home);
  return {
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, 12));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

function keyIn(home: string): Buffer {
  const file = join(home, 'admin.key');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  try {
    // Of two processes that start at once, one makes it.
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file).subarray(0, 32);
}
