import type { Role } from '../../../queue/index.ts';

/** Who asks. */
export interface Who {
  /** As the audit names them: an account's name, or `token NAME`. */
  by: string;
  /** The account's name; none for a token. */
  account?: string;
  role: Role;
  /** The hash of the session or token: what ends when it ends. */
  hash: string;
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, owner: 2 };

/** Whether a role includes another. */
export const includes = (role: Role, wanted: Role): boolean => RANK[role] >= RANK[wanted];
