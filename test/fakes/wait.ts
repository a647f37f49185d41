/** Waits until `look` gives something true, and gives that. @throws Error naming what was waited for. */
export async function until<Value>(
  look: () => Value | Promise<Value>,
  { within = 60_000, what = 'a condition' }: { within?: number; what?: string | (() => string) } = {},
): Promise<NonNullable<Value>> {
  const deadline = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (seen) return seen as NonNullable<Value>;
    if (performance.now() > deadline) {
      throw new Error(`waited ${within} ms in vain for ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
