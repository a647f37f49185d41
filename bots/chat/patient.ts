import { setTimeout as sleep } from 'node:timers/promises';
import { WisecrackError } from '../../errors.ts';

/** Between two tries, in ms: at first, and at most. */
const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * Tries something again and again, with longer and longer pauses, as long as its error may go away by itself.
 *
 * @throws WisecrackError the first one without `retry`; an AbortError when the signal is aborted.
 */
export async function patiently<Value>(
  attempt: () => Promise<Value>,
  { signal, onWait }: { signal: AbortSignal; onWait: (error: WisecrackError, waitMs: number) => void },
): Promise<Value> {
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(LONGEST_MS, waitMs * 2)) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof WisecrackError && error.retry)) throw error;
      onWait(error, waitMs);
      await sleep(waitMs, undefined, { signal });
    }
  }
}
