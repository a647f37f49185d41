/** BullMQ's queue of replies; its keys are `<prefix>:jobs:*`. */
export const QUEUE_NAME = 'jobs';

/** How long things stay, in seconds. */
export const STAY = {
  /** A reply's stream after its end. */
  stream: 60 * 60,
  /** The record by which a message that comes twice is recognised, after the reply's end. */
  record: 48 * 60 * 60,
  /** Both of them while there is no end: longer than any queue, so that what was forgotten goes away. */
  unfinished: 7 * 24 * 60 * 60,
} as const;

/** How many turns of a conversation are kept. */
export const TURNS_KEPT = 2000;

/**
 * BullMQ refuses ":" in job ids and all-digit ids. `encodeURIComponent` takes the one away, and the other cannot be,
 * since each id of ours has a ":".
 */
export const encodeJobId = (jobId: string) => encodeURIComponent(jobId);

export type Keys = ReturnType<typeof keysOf>;

/** Every key that this folder uses, in one place. */
export function keysOf(prefix: string) {
  return {
    /** Hash: nonce, attempt, events, cancel, end. See lua/. */
    record: (jobId: string) => `${prefix}:reply:${jobId}`,
    /** Stream of a reply's events. */
    stream: (jobId: string) => `${prefix}:reply:${jobId}:stream`,
    /** BullMQ's lock of a job: whoever holds it works on it. */
    lock: (jobId: string) => `${prefix}:${QUEUE_NAME}:${encodeJobId(jobId)}:lock`,
    wait: `${prefix}:${QUEUE_NAME}:wait`,
    /** List of turns as JSON, oldest first. */
    turns: (conversation: string) => `${prefix}:conversation:${conversation}:turns`,
    /** Sorted set of the same turns' ids, in the same order. */
    turnIds: (conversation: string) => `${prefix}:conversation:${conversation}:ids`,
    persona: (conversation: string) => `${prefix}:conversation:${conversation}:persona`,
    heartbeats: `${prefix}:heartbeats`,
    heartbeat: (id: string) => `${prefix}:heartbeat:${id}`,
    /** Channel of cancelled job ids. */
    cancels: `${prefix}:cancel`,
    /** Stream that wakes one process's blocked XREAD. */
    wake: (id: string) => `${prefix}:wake:${id}`,
  };
}
