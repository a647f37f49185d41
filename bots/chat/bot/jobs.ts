import { createHash } from 'node:crypto';

/** The turn of a platform's message. */
export const turnIdOf = (platform: string, message: string) => `${platform}:${message}`;

/**
 * The job that makes the reply once more: `discord:1`, `discord:1~2`, `discord:1~3`. It depends on the job before alone, so that
 * a button pressed twice is one job.
 */
export function nextJobId(jobId: string): string {
  const [, turn = jobId, count = '1'] = /^(.*?)(?:~(\d+))?(?:~[0-9a-f]{8})?$/.exec(jobId) ?? [];
  return `${turn}~${Number(count) + 1}`;
}

/** The job that answers a question whose text has changed; the same edit told twice is one job. */
export function editedJobId(jobId: string, text: string): string {
  return `${nextJobId(jobId)}~${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** The turn that a job's reply becomes. */
export const replyTurnOf = (jobId: string) => `${jobId}:reply`;
