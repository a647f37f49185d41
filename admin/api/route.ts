import { z } from 'zod';

/** What one may do: a viewer looks, an operator also acts, an owner also decides who may. */
export const Role = z.enum(['viewer', 'operator', 'owner']);
export type Role = z.infer<typeof Role>;

/** Any answer but 2xx. `code` never changes; `message` says what is wrong, `mend` what to do about it, both made of `values`. */
export const Failure = z.object({
  code: z.string(),
  message: z.string(),
  mend: z.string(),
  values: z.record(z.string(), z.unknown()),
});
export type Failure = z.infer<typeof Failure>;

/** One route: the source of its validation, its types and its place in the OpenAPI document. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Fastify's form: `/api/things/:id`. */
  url: string;
  /** The least role that is let in; `guest` is everybody who may chat, `anyone` needs no session. */
  role: Role | 'guest' | 'anyone';
  summary: string;
  tag: string;
  params?: z.ZodType;
  querystring?: z.ZodType;
  body?: z.ZodType;
  /** What 2xx carries. None: 204. */
  response?: z.ZodType;
  /** The route is a stream of server-sent events: event name -> schema of its JSON data. */
  events?: Record<string, z.ZodType>;
  /** What is sent instead of JSON. */
  contentType?: string;
  /** The largest body in bytes, where it is not 1 MiB. */
  bodyLimit?: number;
}

/** Milliseconds since 1970. */
export const Time = z.number().int().nonnegative();
export const count = z.number().int().nonnegative();
/** An id of a platform's, a job's or a conversation's: `platform:...`. */
export const id = z.string().min(1).max(300);
/** A page of a list: what `next` of the last page said, and how many at most. */
export const page = {
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
