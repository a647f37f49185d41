import type { AuditEntry } from '../../../api/index.ts';
import { say as sayShell } from '../../shell/texts.ts';
import { list } from '../../ui/format.ts';
import { sayOf } from '../rules/setting-texts.ts';
import { say as sayRules } from '../rules/texts.ts';
import { say } from './texts.ts';

/** What was done, in words; the act's own name where there are none for it. */
export function whatOf(entry: AuditEntry): string {
  const text = say();
  if (entry.kind === 'settings') return list(names(entry).map(labelOf));
  return (text.acts as Readonly<Record<string, string>>)[entry.act] ?? entry.act;
}

/** What a rule is called; its name where this version has no words for it. */
const labelOf = (name: string): string => sayOf()[name as keyof ReturnType<typeof sayOf>]?.label ?? name;

/** The settings that a change of rules touched. */
export function names(entry: Extract<AuditEntry, { kind: 'settings' }>): string[] {
  const { before, after } = entry;
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...all].filter((name) => written(before, name) !== written(after, name));
}

/** The change in one line. */
export function changed(entry: AuditEntry): string {
  if (entry.kind === 'act')
    return [entry.before, entry.after]
      .map((it) => told(entry.act, it))
      .filter(Boolean)
      .join(' → ');
  return names(entry)
    .map((name) => `${written(entry.before, name)} → ${written(entry.after, name)}`)
    .join(', ');
}

/** A value of an act, as people read it: a role by its name, of a text's fingerprint as much as tells it from others. */
function told(act: string, value: string | null): string {
  if (value === null) return '';
  if (act.startsWith('persona.')) return value.slice(0, 7);
  return (sayShell().roles as Readonly<Record<string, string>>)[value] ?? value;
}

/** Where the change was made. */
export const whereOf = (entry: AuditEntry): string =>
  entry.kind === 'act' ? entry.target : entry.scope === 'all' ? sayRules().kinds.all : entry.scope;

/** The page of what was changed, where it is still there. */
export function pageOf(entry: AuditEntry): string | undefined {
  if (entry.kind === 'settings') return `/rules?scope=${encodeURIComponent(entry.scope)}`;
  const folder = PAGES[entry.act.split('.')[0] ?? ''];
  return folder && !entry.act.endsWith('.delete') ? `/${folder}/${encodeURIComponent(entry.target)}` : undefined;
}

const PAGES: Readonly<Record<string, string>> = {
  conversation: 'conversations',
  reply: 'replies',
  person: 'persons',
  persona: 'personas',
};

function written(settings: object, name: string): string {
  const value = (settings as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}

/** The two sides of a change as texts of several lines. */
export function sidesOf(entry: AuditEntry): { before: string; after: string } {
  if (entry.kind === 'act') return { before: told(entry.act, entry.before), after: told(entry.act, entry.after) };
  const shown = (settings: object) =>
    names(entry)
      .map((name) => `${labelOf(name)}: ${written(settings, name)}`)
      .join('\n');
  return { before: shown(entry.before), after: shown(entry.after) };
}
