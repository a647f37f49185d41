import { z } from 'zod';

const id = z.string().min(1).max(200);
const texts = z.record(z.string().max(64), z.string().max(4000));

/** A reply that is to be shown on a platform, and where. */
export const DeliveryRecord = z.object({
  jobId: id,
  platform: id,
  place: z.object({ channel: id, replyTo: id.exactOptional(), extra: texts.exactOptional() }),
  /** Whose words these are, for platforms that can show them under that name. */
  persona: id.exactOptional(),
  locale: z.string().max(35).exactOptional(),
  /** What the platform wants to know again when a button is pressed, e.g. who asked. */
  note: texts.exactOptional(),
  /** When it was recorded, in milliseconds since 1970. */
  at: z.number().int().nonnegative(),
});

export type DeliveryRecord = z.infer<typeof DeliveryRecord>;

/** One message of a reply. */
export const DeliveredPart = z.object({
  /** Written before the send: whoever goes on after a crash asks the platform for it. */
  nonce: z.string().min(1).max(25),
  /** How often it had to be sent anew, because the message before could no longer be edited. */
  generation: z.number().int().nonnegative(),
  /** The platform's id of the message, written after the send. */
  message: id.exactOptional(),
  /** Fingerprint of what it shows for good. */
  settled: z.string().max(64).exactOptional(),
  /** Somebody has removed it. */
  gone: z.boolean().exactOptional(),
  /** The message that it replaces and that is still to be removed. */
  old: id.exactOptional(),
});

export type DeliveredPart = z.infer<typeof DeliveredPart>;

/** What the reply says in the end; kept here until it is shown, since its stream does not stay that long. */
export const FinalText = z.object({
  text: z.string(),
  finish: z.enum(['stop', 'length', 'cancelled', 'failed']),
  /** When that was known, in milliseconds since 1970. */
  at: z.number().int().nonnegative(),
});

export type FinalText = z.infer<typeof FinalText>;

/** What became of a delivery. */
export const DeliveryOutcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('delivered') }),
  /** Everything that was shown is gone again, or there was nothing to show. */
  z.object({ type: z.literal('removed') }),
  z.object({ type: z.literal('given-up'), reason: z.string().max(64) }),
]);

export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;
