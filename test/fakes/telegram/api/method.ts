import { z } from 'zod';
import type { Limits } from '../limits.ts';
import { badRequest } from '../problems.ts';
import type { World } from '../state/world.ts';
import type { Updates } from '../updates/updates.ts';
import { isUpload, type Upload } from './multipart.ts';

/** What a method is given besides its parameters. */
export interface Call {
  readonly world: World;
  readonly limits: Limits;
  readonly updates: Updates;
  /** The files that came with the request, by the name of their field. */
  readonly uploads: Readonly<Record<string, Upload>>;
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal;
}

export interface Method {
  readonly name: string;
  /** @returns the result. @throws ApiError */
  run(call: Call, body: Readonly<Record<string, unknown>>): unknown;
}

/** Declares a method by its parameters. */
export function method<Shape extends z.core.$ZodLooseShape>(
  name: string,
  shape: Shape,
  handle: (call: Call, parameters: z.infer<z.ZodObject<Shape>>) => unknown,
): Method {
  const schema = z.object(shape);
  return {
    name,
    run(call, body) {
      const read = schema.safeParse(body);
      if (read.success) return handle(call, read.data);
      const [issue] = read.error.issues;
      const field = issue?.path.join('.') ?? '';
      throw badRequest(
        body[String(issue?.path[0])] === undefined ? `parameter "${field}" is required` : `can't parse ${field}`,
      );
    },
  };
}

/** A string as it stands; a number is taken too. */
export const text = z.union([z.string(), z.number().transform(String)]);

/** A whole number; forms send it as text. */
export const int = z.preprocess(
  (given) => (typeof given === 'string' && given !== '' ? Number(given) : given),
  z.int(),
);

export const bool = z.preprocess(
  (given) => (typeof given === 'string' ? ['true', '1', 'True'].includes(given) : given),
  z.boolean(),
);

/** The id of a chat, or `@username`. */
export const chatId = z.union([int, z.string()]);

/** Something that forms send as JSON in a string. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((given) => {
    if (typeof given !== 'string') return given;
    try {
      return JSON.parse(given) as unknown;
    } catch {
      return given;
    }
  }, schema);
}

export const entities = json(
  z.array(
    z.object({
      type: z.string(),
      offset: z.int(),
      length: z.int(),
      url: z.string().exactOptional(),
      language: z.string().exactOptional(),
      custom_emoji_id: z.string().exactOptional(),
      user: z.looseObject({ id: z.number() }).exactOptional(),
    }),
  ),
).optional();

/** How a text may come. */
export const textShape = { parse_mode: text.optional(), entities };

export const markup = json(z.unknown()).optional();

export const linkPreview = json(
  z.looseObject({ is_disabled: z.boolean().optional(), url: z.string().optional() }),
).optional();

/** The files among the parameters. */
export function uploadsIn(body: Readonly<Record<string, unknown>>): Record<string, Upload> {
  return Object.fromEntries(Object.entries(body).flatMap(([name, value]) => (isUpload(value) ? [[name, value]] : [])));
}
