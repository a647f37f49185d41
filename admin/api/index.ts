/**
 * What the dashboard's page and server say to each other: the one source of validation, types and the OpenAPI document.
 * The page imports types from here, and no code: `import type { Snapshot } from '../api/index.ts'`.
 */
import { chatRoutes } from './chat.ts';
import { conversationRoutes } from './conversations.ts';
import { historyRoutes } from './history.ts';
import { logRoutes } from './logs.ts';
import { nowRoutes } from './now.ts';
import { personaRoutes } from './personas.ts';
import { playgroundRoutes } from './playground.ts';
import { rulesRoutes } from './rules.ts';
import { sessionRoutes } from './session.ts';

export * from './chat.ts';
export * from './conversations.ts';
export * from './history.ts';
export * from './logs.ts';
export * from './now.ts';
export * from './personas.ts';
export * from './playground.ts';
export { Failure, Role, type Route } from './route.ts';
export * from './rules.ts';
export * from './session.ts';

/** Every route, by its name. */
export const routes = {
  ...sessionRoutes,
  ...nowRoutes,
  ...rulesRoutes,
  ...conversationRoutes,
  ...personaRoutes,
  ...playgroundRoutes,
  ...historyRoutes,
  ...logRoutes,
  ...chatRoutes,
};
