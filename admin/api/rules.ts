import { z } from 'zod';
import { Scope, Settings } from '../../queue/schema/settings.ts';
import { count, page, type Route, Time } from './route.ts';

const ScopeText = Scope;
/** The settings to change; null takes one back, so that the wider scope counts again. */
export const Patch = z.strictObject(
  Object.fromEntries(Object.entries(Settings.shape).map(([name, schema]) => [name, schema.nullable()])) as {
    [Name in keyof typeof Settings.shape]: z.ZodNullable<(typeof Settings.shape)[Name]>;
  },
);
export const ScopeRules = z.object({
  scope: z.string(),
  /** What is set in this very scope. */
  settings: Settings,
  /** What holds there, with what the wider scopes say and the defaults; see queue/rules/effective.ts. */
  effective: z.record(z.string(), z.unknown()),
  /** The settings that can be set in this scope. */
  settable: z.array(z.string()),
});
export type ScopeRules = z.infer<typeof ScopeRules>;

/** A change of settings: it can be undone as long as nobody has changed the same settings since. */
export const SettingsChange = z.object({
  kind: z.literal('settings'),
  id: z.string(),
  at: Time,
  by: z.string(),
  scope: z.string(),
  before: Settings,
  after: Settings,
});
/** Anything else that somebody did, e.g. `conversation.reveal`, `persona.save`, `reply.cancel`, `account.role`. */
export const Act = z.object({
  kind: z.literal('act'),
  id: z.string(),
  at: Time,
  by: z.string(),
  act: z.string(),
  target: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export const AuditEntry = z.discriminatedUnion('kind', [SettingsChange, Act]);
export type AuditEntry = z.infer<typeof AuditEntry>;

const tag = 'rules';

export const rulesRoutes = {
  scopes: {
    method: 'GET',
    url: '/api/rules/scopes',
    role: 'viewer',
    summary: 'Where something is set',
    tag,
    response: z.array(z.object({ scope: z.string(), settings: count })),
  },
  /** `under`: the wider scopes between `all` and this one, e.g. the server of a channel, separated by commas. */
  rules: {
    method: 'GET',
    url: '/api/rules',
    role: 'viewer',
    summary: 'The rules of a scope',
    tag,
    querystring: z.object({ scope: ScopeText.default('all'), under: z.string().max(1000).optional() }),
    response: ScopeRules,
  },
  /** Pause, drain and the maintenance text are settings of the scope `all`: `paused`, `draining`, `maintenance`. */
  changeRules: {
    method: 'PATCH',
    url: '/api/rules',
    role: 'operator',
    summary: 'Change rules',
    tag,
    body: z.object({ scope: ScopeText, patch: Patch }),
    response: ScopeRules,
  },
  audit: {
    method: 'GET',
    url: '/api/audit',
    role: 'viewer',
    summary: 'What was changed and done, newest first',
    tag,
    querystring: z.object(page),
    response: z.object({ entries: z.array(AuditEntry), next: z.string().nullable() }),
  },
  /** 409 WISECRACK_ADMIN_OVERTAKEN when the settings have been changed since. */
  undo: {
    method: 'POST',
    url: '/api/audit/:id/undo',
    role: 'operator',
    summary: 'Undo a change of settings',
    tag,
    params: z.object({ id: z.string().regex(/^\d{1,16}-\d{1,9}$/) }),
    response: ScopeRules,
  },
} as const satisfies Record<string, Route>;
