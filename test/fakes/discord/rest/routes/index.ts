import { applications } from './applications.ts';
import { channels } from './channels.ts';
import { guilds } from './guilds.ts';
import { interactions } from './interactions.ts';
import { messages } from './messages.ts';
import { users } from './users.ts';
import { webhooks } from './webhooks.ts';

/** Everything that the fake answers. `/gateway/bot` is the server's own. */
export const routes = [...applications, ...channels, ...guilds, ...interactions, ...messages, ...users, ...webhooks];
