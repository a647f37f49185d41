import { WisecrackError } from '../../../errors.ts';
import { effective, kindOf, type Queue, Scope, type SettingName, Settings, scopesOf } from '../../../queue/index.ts';
import { rulesRoutes as routes } from '../../api/rules.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';

/** The rules, what was changed and done, and undoing it. */
export function addRules(site: Site, { queue }: Context): void {
  serve(site, routes.scopes, () => queue.rules.scopes());

  serve(site, routes.rules, ({ query: { scope, under = '' } }) => {
    const between = under === '' ? [] : under.split(',').map((it) => it.trim());
    return read(queue, scope as Scope, between.map(scopeOf));
  });

  serve(site, routes.changeRules, async ({ body: { scope, patch }, who }) => {
    // What was left out is left alone; null takes a setting back.
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    await queue.rules.change(scope as Scope, given, who.by);
    return read(queue, scope as Scope);
  });

  serve(site, routes.undo, async ({ params: { id }, who }) => {
    const scope = await queue.rules.undo(id, who.by);
    if (scope === 'unknown') throw notFound('such change');
    if (scope === 'overtaken') throw new WisecrackError('WISECRACK_ADMIN_OVERTAKEN', { what: 'The setting' });
    return read(queue, scope);
  });

  serve(site, routes.audit, async ({ query: { cursor, limit } }) => {
    // Both streams are read from the same place; ids are times, so that one order holds for both.
    const before = cursor === undefined || !/^\d{1,16}-\d{1,9}$/.test(cursor) ? '+' : `(${cursor}`;
    const [changes, acts] = await Promise.all([
      queue.rules.audit({ last: limit, before }),
      queue.acts.list({ most: limit, before }),
    ]);
    const entries = [
      ...changes.map((change) => ({ kind: 'settings' as const, ...change })),
      ...acts.map((act) => ({ kind: 'act' as const, ...act, before: act.before ?? null, after: act.after ?? null })),
    ].sort((a, b) => compare(b.id, a.id));
    const page = entries.slice(0, limit);
    return { entries: page, next: page.length === limit ? (page.at(-1)?.id ?? null) : null };
  });
}

async function read(queue: Queue, scope: Scope, under: Scope[] = []) {
  const scopes = [...new Set<Scope>(['all', ...under, scope])];
  const settings = await queue.rules.read(scopes);
  const kind = kindOf(scope);
  return {
    scope,
    settings: settings.at(-1) ?? {},
    effective: { ...effective(settings) },
    settable: (Object.keys(Settings.shape) as SettingName[]).filter((name) => scopesOf(name).includes(kind)),
  };
}

function scopeOf(text: string): Scope {
  const parsed = Scope.safeParse(text);
  if (parsed.success) return text as Scope;
  throw new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason: `${text} is no scope` });
}

function compare(a: string, b: string): number {
  const [aTime = 0, aSequence = 0] = a.split('-').map(Number);
  const [bTime = 0, bSequence = 0] = b.split('-').map(Number);
  return aTime - bTime || aSequence - bSequence;
}
