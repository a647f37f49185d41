import type { ErrorCode } from '../../../errors.ts';
import type { Failure } from '../../api/index.ts';
import { locale } from '../texts.ts';
import { refusals } from './refusals.ts';

/** What the server refused, or why it could not be reached. */
export class Problem extends Error {
  /** HTTP; 0 when there was no answer. */
  readonly status: number;
  /** One of errors.ts, or `UNREACHABLE`, `UNEXPECTED`. */
  readonly code: string;

  constructor(status: number, { code, message, mend }: Failure) {
    super(inOurs(code) ?? (mend ? `${message.replace(/[.\s]*$/, '')}. ${mend}` : message));
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }
}

/** The words for a code in the language of the page, where it is not the server's. */
const inOurs = (code: string): string | undefined => (locale.value === 'zh' ? refusals[code as ErrorCode] : undefined);

/** Whether something thrown is a refusal with this code. */
export const isProblem = (error: unknown, code: ErrorCode): boolean => error instanceof Problem && error.code === code;

/** What to show of something thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
