import type { Accounts } from '../../../queue/index.ts';
import { hashOf, newSecret } from './secrets.ts';

const SETUP_MS = 24 * 60 * 60 * 1000;

/**
 * Makes the one-time link by which the first owner is created; undefined when there is an account. Links of earlier starts hold no more.
 * The token stands behind #, so that browsers send it to nobody and no log has it.
 */
export async function openSetup(accounts: Accounts, url: string): Promise<string | undefined> {
  if (!(await accounts.isEmpty())) return undefined;
  for (const { hash, first } of await accounts.tickets()) if (first) await accounts.closeTicket(hash);
  const token = newSecret();
  const expiresAt = Date.now() + SETUP_MS;
  await accounts.openTicket(hashOf(token), { role: 'owner', by: 'setup', first: true, expiresAt });
  return `${url}/setup#${token}`;
}
