import type { App } from '../app.ts';

/** The platforms on which "listen" is switched on somewhere; `all` where it is everywhere. None when Redis does not say. */
export async function listeningOn(app: App): Promise<ReadonlySet<string>> {
  try {
    const { rules } = await app.queue();
    const scopes = (await rules.scopes()).map(({ scope }) => scope);
    const settings = await rules.read(scopes);
    const on = scopes.filter((_, at) => settings[at]?.listen === true);
    // `all`, or `kind:platform:id`.
    return new Set(on.map((scope) => scope.split(':')[1] ?? 'all'));
  } catch {
    return new Set();
  }
}
