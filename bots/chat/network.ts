/** Before these the connection never stood. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code of an error of the network, such as `ECONNRESET`, wherever in its causes it stands. */
export function networkCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}

/** Whether after this error nothing can have been sent. */
export function wasNeverSent(error: unknown): boolean {
  const code = networkCode(error);
  return code !== undefined && neverSent.has(code);
}
