import type { FastifyError, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { WisecrackError } from '../../../errors.ts';
import { describeIssue } from '../../../personas/describe.ts';

type Found = NonNullable<FastifyError['validation']>[number];

/** A request whose parts do not fit its route: what is wrong with which of them, in zod's words, and as mistakes for other languages. */
export function mistaken(
  { validation = [], validationContext }: FastifyError,
  request: FastifyRequest,
): WisecrackError {
  const part = partOf(request, validationContext);
  const list = validation.map(({ keyword, instancePath, params, message }: Found) => {
    const path = instancePath.split('/').filter(Boolean);
    const value = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | null)?.[step], part);
    const issue = { ...params, code: keyword, path, message } as unknown as z.core.$ZodIssue;
    const said = { ...describeIssue(issue, value), message: `${path.join('/') || 'it'}: ${message}` };
    return { ...said, path: path.map((step) => (/^\d+$/.test(step) ? Number(step) : step)) };
  });
  const reason = { message: list.map(({ message }) => message).join('; '), list };
  return new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason });
}

const partOf = (request: FastifyRequest, context: string | undefined): unknown =>
  context === 'params' ? request.params : context === 'querystring' ? request.query : request.body;
