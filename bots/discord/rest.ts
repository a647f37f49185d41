import { DefaultRestOptions, REST, type RESTOptions } from 'discord.js';

/** How long Discord may take to answer, in ms. */
const TIMEOUT_MS = 15_000;
const TOO_MANY_REQUESTS = 429;
/** Too many edits of messages older than an hour: waiting does not help, a new message does. */
const OLD_EDITS = 30046;
const BAD_REQUEST = 400;

export interface RestOptions {
  token: string;
  /** Another Discord, e.g. `http://127.0.0.1:8080/api`. Default: the real one. */
  api?: string;
  /** How many requests a second Discord allows the bot in all. Default: 50, what every bot has. */
  perSecond?: number;
}

/**
 * The connection that replies go through. It neither waits nor tries again: delivery must know at once, since what waited
 * in here would be stale when it is sent.
 */
export function openRest({ token, api, perSecond }: RestOptions): REST {
  return new REST({
    ...(api !== undefined && { api }),
    ...(perSecond !== undefined && { globalRequestsPerSecond: perSecond }),
    timeout: TIMEOUT_MS,
    retries: 0,
    rejectOnRateLimit: () => true,
    makeRequest,
  }).setToken(token);
}

/** Ends its timers. */
export function closeRest(rest: REST): void {
  rest.clearHashSweeper();
  rest.clearHandlerSweeper();
}

type Response = Awaited<ReturnType<RESTOptions['makeRequest']>>;

/** discord.js takes each 429 for a rate limit and does not look inside; we do, since one of them is a refusal. */
async function makeRequest(...request: Parameters<RESTOptions['makeRequest']>): Promise<Response> {
  const response = await DefaultRestOptions.makeRequest(...request);
  if (response.status !== TOO_MANY_REQUESTS) return response;
  const text = await response.text();
  const { headers, statusText } = response;
  return {
    status: codeIn(text) === OLD_EDITS ? BAD_REQUEST : TOO_MANY_REQUESTS,
    statusText,
    headers,
    ok: false,
    body: null,
    bodyUsed: true,
    text: async () => text,
    json: async () => JSON.parse(text),
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  };
}

function codeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { code?: unknown } | null)?.code;
  } catch {
    return undefined;
  }
}
