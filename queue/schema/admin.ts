import { z } from 'zod';

/** What somebody may do in the dashboard. */
export const Role = z.enum(['viewer', 'operator', 'owner']);
export type Role = z.infer<typeof Role>;

/** Who may log in. Passwords are kept as argon2id hashes, TOTP secrets sealed; neither can be read from Redis. */
export const Account = z.object({
  name: z.string().min(1).max(40),
  role: Role,
  password: z.string().min(1).max(300),
  /** Sealed; none: no code is asked for. */
  totp: z.string().max(500).optional(),
  createdAt: z.number().int().nonnegative(),
});
export type Account = z.infer<typeof Account>;

/** Somebody who is logged in. */
export const Session = z.object({ name: z.string(), since: z.number().int().nonnegative() });
export type Session = z.infer<typeof Session>;

/** What lets one create an account, once. */
export const Ticket = z.object({
  role: Role,
  by: z.string(),
  /** It is the link for the first owner. */
  first: z.boolean(),
  expiresAt: z.number().int().nonnegative(),
});
export type Ticket = z.infer<typeof Ticket>;

/** A token for scripts. */
export const ApiToken = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  by: z.string(),
  createdAt: z.number().int().nonnegative(),
});
export type ApiToken = z.infer<typeof ApiToken>;

/** Something that was done in the dashboard, besides changes of settings. */
export const Act = z.object({
  by: z.string(),
  /** What was done, e.g. `conversation.reveal`. */
  act: z.string(),
  target: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type Act = z.infer<typeof Act>;

/** A saved text of a persona. */
export const PersonaVersion = z.object({ by: z.string(), note: z.string(), yaml: z.string() });
export type PersonaVersion = z.infer<typeof PersonaVersion>;

/** A persona as it was saved last. */
export const SavedPersona = z.object({
  /** Grows with each save, of whatever persona. */
  stamp: z.number().int().positive(),
  /** Null: it was deleted. */
  yaml: z.string().nullable(),
  /** The names of the files that are kept beside it. */
  beside: z.array(z.string()).default([]),
});
export type SavedPersona = z.infer<typeof SavedPersona>;
