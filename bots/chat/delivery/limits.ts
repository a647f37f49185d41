import { setTimeout as sleep } from 'node:timers/promises';
import { SurfaceError } from '../surface.ts';

/** Waits for something, but no longer than `ms`; its error is somebody else's. */
export async function within(ms: number, what: Promise<unknown> | undefined): Promise<void> {
  const late = new AbortController();
  const enough = sleep(ms, undefined, { signal: late.signal }).catch(() => {});
  await Promise.race([what?.catch(() => {}), enough]);
  late.abort();
}

/**
 * Makes a request that ends in an answer or a SurfaceError, whatever the platform does: without an answer within `ms`, when
 * `stop` is aborted, or after an error of another kind its outcome is unknown.
 */
export async function ask<Answer>(
  call: (signal: AbortSignal) => Promise<Answer>,
  stop: AbortSignal,
  ms: number,
  onError: (error: unknown) => void,
): Promise<Answer> {
  // Not AbortSignal.any: `stop` lives long and would gather what depends on it.
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  stop.addEventListener('abort', abort, { once: true });
  const given = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new SurfaceError('unknown', 'no answer came')), { once: true });
  });
  try {
    if (stop.aborted) throw new SurfaceError('unsent', 'not asked any more');
    return await Promise.race([call(signal), given]);
  } catch (error) {
    if (error instanceof SurfaceError) throw error;
    if (!signal.aborted) onError(error);
    throw new SurfaceError('unknown', 'the request failed', { cause: error });
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', abort);
  }
}
