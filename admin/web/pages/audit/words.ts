import type { AuditEntry } from '../../../api/index.ts';
import { sayOf } from '../rules/setting-texts.ts';
import { say } from './texts.ts';

/** What was done, in words; the act's own name where there are none for it. */
export function whatOf(entry: AuditEntry): string {
  const text = say();
  if (entry.kind === 'settings') return names(entry).map(labelOf).join(', ');
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
  if (entry.kind === 'act') return [entry.before, entry.after].filter((it) => it !== null).join(' → ');
  return names(entry)
    .map((name) => `${written(entry.before, name)} → ${written(entry.after, name)}`)
    .join(', ');
}

function written(settings: object, name: string): string {
  const value = (settings as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}

/** The two sides of a change as texts of several lines. */
export function sidesOf(entry: AuditEntry): { before: string; after: string } {
  if (entry.kind === 'act') return { before: entry.before ?? '', after: entry.after ?? '' };
  const shown = (settings: object) =>
    names(entry)
      .map((name) => `${labelOf(name)}: ${written(settings, name)}`)
      .join('\n');
  return { before: shown(entry.before), after: shown(entry.after) };
}
