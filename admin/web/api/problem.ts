import type { ErrorCode } from '../../../errors.ts';
import type { Failure } from '../../api/index.ts';
import { refusalText } from './refusals.ts';

/** What the server refused, or why it could not be reached. */
export class Problem extends Error {
  /** HTTP; 0 when there was no answer. */
  readonly status: number;
  /** One of errors.ts, or `UNREACHABLE`, `UNEXPECTED`. */
  readonly code: string;

  constructor(status: number, failure: Failure) {
    super(refusalText(failure));
    this.name = 'Problem';
    this.status = status;
    this.code = failure.code;
  }
}

/** Whether something thrown is a refusal with this code. */
export const isProblem = (error: unknown, code: ErrorCode): boolean => error instanceof Problem && error.code === code;

/** What to show of something thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
