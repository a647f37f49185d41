import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, reasonOf, WisecrackError } from '../../../errors.ts';
import type { Failure } from '../../api/index.ts';
import { STATUS } from '../../api/refusals.ts';
import { mistaken } from './mistaken.ts';

const statusOf: Partial<Record<ErrorCode, number>> = STATUS;

/** Answers with an error of ours; what nobody foresaw is logged, and told without its details. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const ours = oursOf(error, request);
  const status = statusOf[ours.code] ?? 500;
  const seconds = /(\d+) s/.exec(ours.mend)?.[1];
  if (status === 429 && seconds !== undefined) reply.header('retry-after', seconds);
  const { code, message, mend, values } = ours;
  void reply.code(status).send({ code, message, mend, values } satisfies Failure);
}

function oursOf(error: unknown, request: FastifyRequest): WisecrackError {
  if (error instanceof WisecrackError && (statusOf[error.code] !== undefined || error.retry)) return error;
  const { statusCode = 500, validation } = error as FastifyError;
  if (validation) return mistaken(error as FastifyError, request);
  if (statusCode === 413) return new WisecrackError('WISECRACK_ADMIN_TOO_LARGE');
  if (statusCode === 404) return new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: 'such page' });
  if (statusCode < 500) return new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason: reasonOf(error) });
  request.log.error({ err: error }, 'a request to the dashboard failed');
  return new WisecrackError('WISECRACK_ADMIN_FAILED');
}

export const notFound = (what: string) => new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what });
