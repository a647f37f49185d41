/** npm passes on the Ctrl-C that the terminal has sent us already: a second one this soon is the same one. */
const SAME_MS = 500;

/** A signal that the first Ctrl-C (or SIGTERM, or a closed terminal) aborts. A second one ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const stop = () => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > SAME_MS) process.exit(130);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return controller.signal;
}

/** What `promise` gives, unless the signal comes first: then it throws, and whoever made the promise cleans up after it. */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    // Nobody listens any more; what went wrong was caused by the end.
    promise.catch(() => undefined);
  }
}
