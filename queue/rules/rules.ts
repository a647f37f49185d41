import { WisecrackError } from '../../errors.ts';
import { Change, kindOf, parse, parseJson, Scope, Settings, type SettingsPatch, scopesOf } from '../schema/index.ts';
import type { Store } from '../store.ts';
import { SettingsCache } from './cache.ts';
import type { RuleBook } from './types.ts';

/** How many changes the audit keeps. */
export const CHANGES_KEPT = 10_000;

const StrictSettings = Settings.strict();

/** The settings of all scopes: one hash each, so that two people who change different settings at once both succeed. */
export function openRules(store: Pick<Store, 'redis' | 'connect' | 'run' | 'keys' | 'bull' | 'onError'>) {
  const { redis, run, keys, bull } = store;
  const cache = new SettingsCache(store);

  const rules: RuleBook = {
    read: async (scopes) => {
      const known = new Map(scopes.map((scope) => [check(scope), cache.get(scope)]));
      const missing = [...known].filter(([, settings]) => settings === undefined).map(([scope]) => scope);
      if (missing.length > 0) {
        const begun = cache.begin();
        const pipeline = redis.pipeline();
        for (const scope of missing) pipeline.hgetall(keys.settings(scope));
        const answers = (await pipeline.exec()) ?? [];
        for (const [at, scope] of missing.entries()) {
          const [error, hash] = answers[at] ?? [];
          if (error) throw error;
          const settings = decode(scope, hash as Record<string, string>);
          cache.set(begun, scope, settings);
          known.set(scope, settings);
        }
      }
      return scopes.map((scope) => known.get(scope) ?? {});
    },
    change: async (scope, patch, by) => {
      const args = [check(scope), by, CHANGES_KEPT, keys.changes, ...encode(scope, patch)];
      const after = await run('change-settings', [keys.settings(scope), keys.audit], args);
      // Others hear of it; whoever changed it must see it with the next line.
      cache.forget(scope);
      if (scope === 'all' && patch.paused !== undefined) await rules.applyPause();
      return parseJson(Settings, String(after), `the settings of ${scope}`);
    },
    undo: async (changeId, by) => {
      const [entry] = await redis.xrange(keys.audit, changeId, changeId);
      if (!entry) return 'unknown';
      const { scope, before, after } = changeOf(...entry);
      const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Settings)[];
      const changed = names.filter((name) => json(before[name]) !== json(after[name]));
      const args = changed.flatMap((name) => [name, json(after[name]), json(before[name])]);
      const touched = [keys.settings(scope), keys.audit];
      const undone = await run('undo-settings', touched, [scope, by, CHANGES_KEPT, keys.changes, ...args]);
      cache.forget(scope);
      if (undone !== 1) return 'overtaken';
      if (changed.includes('paused')) await rules.applyPause();
      return scope;
    },
    scopes: async () => {
      const found: { scope: Scope; settings: number }[] = [];
      const prefix = keys.settings('');
      for await (const page of redis.scanStream({ match: `${prefix.replace(/[[\]*?\\]/g, '\\$&')}*`, count: 500 })) {
        for (const key of page as string[]) {
          const scope = Scope.safeParse(key.slice(prefix.length)).data as Scope | undefined;
          if (scope !== undefined) found.push({ scope, settings: await redis.hlen(key) });
        }
      }
      return found.sort((a, b) => (a.scope < b.scope ? -1 : 1));
    },
    applyPause: async () => {
      const paused = (await redis.hget(keys.settings('all'), 'paused')) === 'true';
      await (paused ? bull.pause() : bull.resume());
    },
    erase: async (scope) => {
      await redis
        .multi()
        .del(keys.settings(check(scope)))
        .publish(keys.changes, scope)
        .exec();
      cache.forget(scope);
      const changes = await redis.xrange(keys.audit, '-', '+');
      const theirs = changes.filter(([, fields]) => fields[1] === scope).map(([id]) => id);
      if (theirs.length > 0) await redis.xdel(keys.audit, ...theirs);
    },
    audit: async ({ last = 50, before = '+' } = {}) => {
      if (last < 1) return [];
      return (await redis.xrevrange(keys.audit, before, '-', 'COUNT', last)).map(([id, fields]) =>
        changeOf(id, fields),
      );
    },
  };
  return { rules, close: () => cache.close() };
}

function check(scope: Scope): Scope {
  const parsed = Scope.safeParse(scope);
  if (!parsed.success) throw invalid(scope, parsed.error.issues[0]?.message ?? '');
  return scope;
}

/** Name, JSON and so on, each checked: what is written here, every process will read. */
function encode(scope: Scope, patch: SettingsPatch): string[] {
  const names = Object.keys(patch) as (keyof SettingsPatch)[];
  const set = Object.fromEntries(Object.entries(patch).filter(([, value]) => value != null));
  const parsed = StrictSettings.safeParse(set);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(issue?.path.join('.') || Object.keys(set).join(', '), issue?.message ?? '');
  }
  const settings: Settings = parsed.data;
  return names.flatMap((name) => {
    if (patch[name] === undefined) return [];
    if (!Object.hasOwn(Settings.shape, name)) throw invalid(name, 'there is no such setting');
    const kinds = scopesOf(name);
    if (!kinds.includes(kindOf(scope))) throw invalid(name, `it can be set for ${kinds.join(', ')} only`);
    return [name, patch[name] === null ? '' : JSON.stringify(settings[name])];
  });
}

function decode(scope: Scope, hash: Record<string, string>): Settings {
  const what = `the settings of ${scope}`;
  // What a newer version may have added is left alone.
  return parseJson(
    Settings,
    `{${Object.entries(hash).map(([name, json]) => `${JSON.stringify(name)}:${json}`)}}`,
    what,
  );
}

function changeOf(id: string, fields: string[]): Change {
  const [, scope, , by, , before = '', , after = ''] = fields;
  const at = Number(id.split('-')[0]);
  const what = `change ${id}`;
  const [was, is] = [parseJson(Settings, before, what), parseJson(Settings, after, what)];
  return parse(Change, { id, at, scope, by, before: was, after: is }, what) as Change;
}

const json = (value: unknown) => (value === undefined ? '' : JSON.stringify(value));

const invalid = (name: string, reason: string) => new WisecrackError('WISECRACK_RULE_INVALID', { name, reason });
