/**
 * A controller that is aborted with the first of these signals, until it is let go. `AbortSignal.any` does the same, but in Node 20 it leaves
 * something behind on a signal that lives long.
 */
export function follow(signals: readonly (AbortSignal | undefined)[]): {
  controller: AbortController;
  letGo: () => void;
} {
  const controller = new AbortController();
  const followed = signals.filter((signal) => signal !== undefined);
  const abort = () => controller.abort(followed.find(({ aborted }) => aborted)?.reason);
  for (const signal of followed) signal.addEventListener('abort', abort);
  if (followed.some(({ aborted }) => aborted)) abort();
  const letGo = () => {
    for (const signal of followed) signal.removeEventListener('abort', abort);
  };
  return { controller, letGo };
}
