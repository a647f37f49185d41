import { hash, verify } from '@node-rs/argon2';

/** argon2id with OWASP's parameters, which are the library's: 19 MiB, two passes. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'));

let nobody: Promise<string> | undefined;

/** Whether a password is right. An account that is not there takes as long as one that is. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password');
  const right = await verify(kept ?? (await nobody), password.normalize('NFKC')).catch(() => false);
  return kept !== undefined && right;
}
