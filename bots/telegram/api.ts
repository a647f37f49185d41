import { autoRetry } from '@grammyjs/auto-retry';
import { Api, type ApiClientOptions } from 'grammy';

/** How long Telegram may take to answer, in s. */
const TIMEOUT_S = 15;
/** How long a call that waits for news may take: longer than it waits. */
const NEWS_TIMEOUT_S = 45;

export interface ApiOptions {
  token: string;
  /** Another Telegram, e.g. a Bot API server of one's own, without a slash at its end. Default: the real one. */
  apiRoot?: string;
}

/** The connection that replies go through. It tries nothing again: delivery must know at once, and has its own pace. */
export function openApi(options: ApiOptions): Api {
  return new Api(options.token, clientOptions(options, TIMEOUT_S));
}

/** The connection for small answers that nobody else tries again: they wait out a short 429. */
export function openPatientApi(options: ApiOptions): Api {
  const api = openApi(options);
  api.config.use(
    // After a broken connection the message may be there already.
    autoRetry({ maxRetryAttempts: 2, maxDelaySeconds: 10, rethrowHttpErrors: true, rethrowInternalServerErrors: true }),
  );
  return api;
}

/** The connection for getUpdates. */
export function openNewsApi(options: ApiOptions): Api {
  return new Api(options.token, clientOptions(options, NEWS_TIMEOUT_S));
}

function clientOptions({ apiRoot }: ApiOptions, timeoutSeconds: number): ApiClientOptions {
  return { timeoutSeconds, ...(apiRoot !== undefined && { apiRoot: apiRoot.replace(/\/+$/, '') }) };
}

/** An AbortSignal as grammY types it: its type is that of a package for old versions of Node. */
export const grammySignal = (signal: AbortSignal | undefined) => signal as Parameters<Api['getMe']>[0];
