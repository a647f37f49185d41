import type { LimitName } from '../limits.ts';
import type { World } from '../state/world.ts';

/** What a handler is given. */
export interface Call {
  readonly world: World;
  /** The parts of the path that are named in the pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  readonly pattern: string;
  /** @returns the JSON body; undefined is 204. @throws ApiError */
  readonly handle: (call: Call) => unknown;
  readonly limit: LimitName;
  /** Interaction and webhook routes carry their secret in the path instead of a header. */
  readonly open: boolean;
  /** Whether it counts against the limit over all. */
  readonly global: boolean;
}

/** Declares a route; `:name` in the pattern is a parameter. */
export function route(
  method: Method,
  pattern: string,
  handle: Route['handle'],
  { limit = 'other', open = false, global = true }: Partial<Pick<Route, 'limit' | 'open' | 'global'>> = {},
): Route {
  return { method, pattern, handle, limit, open, global };
}

/** Finds the route for a path. */
export class Router {
  readonly #routes: { route: Route; parts: string[] }[];

  constructor(routes: readonly Route[]) {
    // What is written out wins over what is a parameter.
    this.#routes = routes
      .map((route) => ({ route, parts: split(route.pattern) }))
      .sort((a, b) => names(a.parts) - names(b.parts));
  }

  find(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const parts = split(path);
    for (const { route, parts: pattern } of this.#routes) {
      if (route.method !== method || pattern.length !== parts.length) continue;
      if (!pattern.every((part, at) => part.startsWith(':') || part === parts[at])) continue;
      const params = pattern.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), parts[at] ?? '']] : []));
      return { route, params: Object.fromEntries(params) };
    }
    return undefined;
  }
}

function split(path: string): string[] {
  return path.split('/').filter(Boolean).map(decode);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function names(parts: readonly string[]): number {
  return parts.filter((part) => part.startsWith(':')).length;
}
