import { computed, signal } from '@preact/signals';
import type { Account, Role, Session } from '../../api/index.ts';
import { get, post, whenSignedOut } from './client.ts';

export type { Role };

/** Who is logged in, or that nobody is yet; undefined until the server has said it. */
export const session = signal<Session | undefined>(undefined);

/** The account of whoever is logged in. */
export const account = computed<Account | undefined>(() => session.value?.account ?? undefined);

const ranks: readonly Role[] = ['viewer', 'operator', 'owner'];

/** Whether whoever is logged in has at least this role. What they may do is decided by the server; this decides what is shown. */
export const may = (role: Role): boolean =>
  account.value !== undefined && ranks.indexOf(account.value.role) >= ranks.indexOf(role);

export async function loadSession(): Promise<void> {
  session.value = await get('/api/session');
}

export function signedIn(as: Account): void {
  session.value = { setup: false, account: as };
}

export async function signOut(): Promise<void> {
  await post('/api/logout');
  session.value = { setup: false, account: null };
}

whenSignedOut(() => {
  if (account.value) session.value = { setup: false, account: null };
});
