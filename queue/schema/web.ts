import { z } from 'zod';

/** A message as it stands on a page of the web chat. */
export const ShownMessage = z.object({
  id: z.string().min(1).max(100),
  /** Said by the person whose chat it is, or to them. */
  role: z.enum(['person', 'bot']),
  text: z.string(),
  /** What may be pressed below it. */
  buttons: z.array(z.string().max(20)).max(10),
  /** The reply that it shows; empty for what is none. */
  jobId: z.string().max(400),
  persona: z.string().max(200).optional(),
  at: z.number().int().nonnegative(),
});
export type ShownMessage = z.infer<typeof ShownMessage>;

const version = z.number().int().nonnegative();

/** What has changed in a chat; the higher version is the later one. `typing` is of the moment and has none. */
export const ShownChange = z.union([
  z.object({ version, message: ShownMessage }),
  z.object({ version, removed: z.array(z.string()) }),
  z.object({ version, cleared: z.literal(true) }),
  z.object({ typing: z.number().int().positive() }),
]);
export type ShownChange = z.infer<typeof ShownChange>;

/** Somebody without an account who was let into the web chat. */
export const Guest = z.object({
  id: z.string().min(1).max(100),
  /** As they call themselves. */
  name: z.string().min(1).max(40),
  /** Who made the invite, and what it was for. */
  by: z.string(),
  note: z.string(),
  createdAt: z.number().int().nonnegative(),
});
export type Guest = z.infer<typeof Guest>;

/** What lets people into the web chat. */
export const ChatInvite = z.object({
  by: z.string(),
  /** Whom it is for, as the operator remembers it. */
  note: z.string().max(60),
  /** How many people may still come in by it. */
  uses: z.number().int().positive().max(100),
  expiresAt: z.number().int().nonnegative(),
});
export type ChatInvite = z.infer<typeof ChatInvite>;
