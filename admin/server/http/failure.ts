import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, reasonOf, WisecrackError } from '../../../errors.ts';
import type { Failure } from '../../api/index.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  WISECRACK_ADMIN_REQUEST_INVALID: 400,
  WISECRACK_RULE_INVALID: 400,
  WISECRACK_PERSONA_INVALID: 400,
  WISECRACK_WINDOW_TOO_SMALL: 400,
  WISECRACK_CARD_INVALID: 400,
  WISECRACK_PERSONA_EXISTS: 409,
  WISECRACK_ADMIN_LOGIN_FAILED: 401,
  WISECRACK_ADMIN_CODE_NEEDED: 401,
  WISECRACK_ADMIN_NO_SESSION: 401,
  WISECRACK_CHAT_NO_SESSION: 401,
  WISECRACK_ADMIN_FORBIDDEN: 403,
  WISECRACK_ADMIN_FOREIGN_ORIGIN: 403,
  WISECRACK_ADMIN_NOT_FOUND: 404,
  WISECRACK_PERSONA_NOT_FOUND: 404,
  WISECRACK_ADMIN_OVERTAKEN: 409,
  WISECRACK_ADMIN_NAME_TAKEN: 409,
  WISECRACK_ADMIN_LAST_OWNER: 409,
  WISECRACK_ADMIN_LINK_INVALID: 410,
  WISECRACK_CHAT_LINK_INVALID: 410,
  WISECRACK_ADMIN_TOO_LARGE: 413,
  WISECRACK_ADMIN_TOO_OFTEN: 429,
};

/** Answers with an error of ours; what nobody foresaw is logged, and told without its details. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const ours = oursOf(error, request);
  const status = STATUS[ours.code] ?? 500;
  const seconds = /(\d+) s/.exec(ours.mend)?.[1];
  if (status === 429 && seconds !== undefined) reply.header('retry-after', seconds);
  void reply.code(status).send({ code: ours.code, message: ours.message, mend: ours.mend } satisfies Failure);
}

function oursOf(error: unknown, request: FastifyRequest): WisecrackError {
  if (error instanceof WisecrackError && (STATUS[error.code] !== undefined || error.retry)) return error;
  const { statusCode = 500, validation } = error as FastifyError;
  if (validation) {
    const reason = validation.map(({ instancePath, message }) => `${instancePath.slice(1) || 'it'}: ${message}`);
    return new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason: reason.join('; ') });
  }
  if (statusCode === 413) return new WisecrackError('WISECRACK_ADMIN_TOO_LARGE');
  if (statusCode === 404) return new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: 'such page' });
  if (statusCode < 500) return new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason: reasonOf(error) });
  request.log.error({ err: error }, 'a request to the dashboard failed');
  return new WisecrackError('WISECRACK_ADMIN_FAILED');
}

export const notFound = (what: string) => new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what });
