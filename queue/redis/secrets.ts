/** A Redis address as it may be shown: with its user, without its password. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  // ioredis also takes it as a parameter.
  if (shown.searchParams.has('password')) shown.searchParams.set('password', '***');
  return shown.href;
}

/** `text` without the password of `url`, in whichever way it is written. */
export function hideSecrets(text: string, url: string): string {
  const { password, searchParams } = new URL(url);
  const secrets = [password, decodeURIComponent(password), searchParams.get('password') ?? ''].filter(
    (it) => it !== '',
  );
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text.replaceAll(url, withoutPassword(url)));
}
