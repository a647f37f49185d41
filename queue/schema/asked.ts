import { z } from 'zod';
import { Wants } from './wants.ts';

const id = z.string().min(1).max(200);

/** A question and the job that answers it: what is needed when somebody presses a button, edits or deletes the question. */
export const Asked = z.object({
  jobId: id,
  turnId: id,
  conversation: id,
  /** `platform:id` of the person who asked. */
  author: id,
  persona: id,
  /** What was wanted, where it was not just an answer. */
  wants: Wants.exactOptional(),
});

export type Asked = z.infer<typeof Asked>;
