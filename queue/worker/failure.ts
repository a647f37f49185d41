import type { Job as BullJob } from 'bullmq';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { ATTEMPTS } from '../submit.ts';
import type { WorkerOptions } from '../types.ts';
import type { Attempt } from './attempt.ts';

/** How often a job may take its worker with it before we take it for the reason. */
export const MOST_STALLS = 3;

/** The failure of a job whose workers die. */
export class StalledTooOften extends Error {
  constructor() {
    super('the workers that took this job died');
    this.name = 'StalledTooOften';
  }
}

/** Whether a job that failed so is not tried again. */
export function isFinal(error: unknown, job: Pick<BullJob, 'attemptsMade'>): boolean {
  if (error instanceof StalledTooOften) return true;
  if (error instanceof WisecrackError && !error.retry) return true;
  return job.attemptsMade + 1 >= ATTEMPTS;
}

/** Ends the reply of a job that failed for good, with an apology: whoever asked sees an answer in any case. */
export async function failFor(
  attempt: Attempt,
  error: unknown,
  apologise: WorkerOptions['apologise'],
  onError: (error: unknown) => void,
): Promise<void> {
  let apology = 'Sorry, I lost my train of thought. Please ask me again.';
  try {
    apology = (await apologise?.(attempt.job, error)) || apology;
  } catch (failure) {
    onError(failure);
  }
  const message = reasonOf(error);
  if (error instanceof WisecrackError)
    return attempt.fail(apology, { code: error.code, message, values: error.values });
  await attempt.fail(apology, { code: error instanceof Error ? error.name : 'UNKNOWN', message });
}
