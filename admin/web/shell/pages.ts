import type { Role } from '../api/session.ts';

export type PageName =
  | 'now'
  | 'history'
  | 'conversations'
  | 'personas'
  | 'rules'
  | 'audit'
  | 'logs'
  | 'people'
  | 'queue'
  | 'chat';

interface Entry {
  name: PageName;
  path: string;
  /** After `g`. */
  key: string;
  group: 'watch' | 'steer' | 'inspect';
  /** The least role that may see it. */
  role: Role;
  /** Not one of this page's own: opens in a tab. */
  outside?: boolean;
}

/** The pages in the order of the navigation. */
export const pages: readonly Entry[] = [
  { name: 'now', path: '/', key: 'n', group: 'watch', role: 'viewer' },
  { name: 'history', path: '/history', key: 'h', group: 'watch', role: 'viewer' },
  { name: 'conversations', path: '/conversations', key: 'c', group: 'watch', role: 'viewer' },
  { name: 'chat', path: '/chat', key: 't', group: 'watch', role: 'viewer', outside: true },
  { name: 'personas', path: '/personas', key: 'p', group: 'steer', role: 'viewer' },
  { name: 'rules', path: '/rules', key: 'r', group: 'steer', role: 'viewer' },
  { name: 'people', path: '/people', key: 'u', group: 'steer', role: 'operator' },
  { name: 'audit', path: '/audit', key: 'a', group: 'inspect', role: 'viewer' },
  { name: 'logs', path: '/logs', key: 'l', group: 'inspect', role: 'operator' },
  { name: 'queue', path: '/queue', key: 'q', group: 'inspect', role: 'operator', outside: true },
];
