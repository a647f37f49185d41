import { WisecrackError } from '../../../errors.ts';
import type { Account, Accounts } from '../../../queue/index.ts';
import { isPassword } from './passwords.ts';
import type { Seal } from './seal.ts';
import { stepOf } from './totp.ts';

/** Whoever guesses gets this far: tries per name, and per address, that may fail within the time. */
const PER_NAME = { most: 10, seconds: 15 * 60 };
const PER_ADDRESS = { most: 50, seconds: 15 * 60 };

export interface LoginAttempt {
  name: string;
  password: string;
  code?: string | undefined;
  address: string;
}

/**
 * Checks name, password and, where it is switched on, the code.
 *
 * @throws WisecrackError WISECRACK_ADMIN_LOGIN_FAILED, WISECRACK_ADMIN_CODE_NEEDED, WISECRACK_ADMIN_TOO_OFTEN.
 */
export async function logIn(accounts: Accounts, seal: Seal, attempt: LoginAttempt): Promise<Account> {
  const { name, password, code, address } = attempt;
  const tries = [`name:${sameName(name)}`, `address:${address}`] as const;
  // Counted before the check, so that many at once get no further than one after the other.
  const seconds = (await accounts.tryOnce(tries[0], PER_NAME)) ?? (await accounts.tryOnce(tries[1], PER_ADDRESS));
  if (seconds !== undefined) throw new WisecrackError('WISECRACK_ADMIN_TOO_OFTEN', { seconds });
  const account = await accounts.get(name);
  if (!(await isPassword(password, account?.password)) || !account) {
    throw new WisecrackError('WISECRACK_ADMIN_LOGIN_FAILED');
  }
  if (account.totp !== undefined) {
    if (code === undefined) throw new WisecrackError('WISECRACK_ADMIN_CODE_NEEDED');
    await checkCode(accounts, account, seal.open(account.totp), code);
  }
  await Promise.all(tries.map((who) => accounts.forgetTries(who)));
  return account;
}

/** However it is written: else each way to write a name would have tries of its own. */
const sameName = (name: string) => name.normalize('NFKC').toLowerCase();

/** A code counts once: who looks over a shoulder comes too late. @throws WisecrackError WISECRACK_ADMIN_LOGIN_FAILED */
export async function checkCode(
  accounts: Accounts,
  { name }: Pick<Account, 'name'>,
  secret: string | undefined,
  code: string,
): Promise<void> {
  const step = secret === undefined ? undefined : stepOf(secret, name, code);
  if (step === undefined || !(await accounts.useCode(name, step))) {
    throw new WisecrackError('WISECRACK_ADMIN_LOGIN_FAILED');
  }
}
