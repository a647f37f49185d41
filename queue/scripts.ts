import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { packageRoot } from '../root.ts';

/** Each step that must be atomic, and how many keys it takes; what it does stands at the head of lua/<name>.lua. */
const KEY_COUNTS = {
  'add-headlines': 2,
  'append-turn': 5,
  'claim-delivery': 2,
  'drop-delivery': 2,
  'end-delivery': 2,
  'open-delivery': 2,
  'release-delivery': 2,
  'show-delivery': 3,
  'write-delivery': 2,
  'note-asked': 3,
  'begin-attempt': 3,
  'cancel-reply': 2,
  'end-reply': 9,
  'publish-event': 2,
  'release-attempt': 1,
  'submit-turn': 13,
  'change-settings': 2,
  'erase-author': 3,
  'erase-votes': 2,
  'expire-turns': 4,
  'forget-reply': 2,
  'refund-turn': 4,
  'remove-turns': 2,
  'replace-turn': 2,
  'spend-tokens': 3,
  'take-lease': 1,
  'release-lease': 1,
  'take-turn': 10,
  'undo-settings': 2,
  'oldest-wait': 5,
  'note-figures': 20,
  'sample-figures': 3,
  'create-account': 3,
  'change-account': 1,
  'show-message': 4,
  'hide-messages': 3,
  'join-chat': 5,
  'save-persona': 3,
  vote: 3,
} as const;

export type ScriptName = keyof typeof KEY_COUNTS;

/** Runs one script on the connection it was loaded into: its keys, then its other arguments. */
export type Run = (name: ScriptName, keys: string[], args: (string | number | Buffer)[]) => Promise<unknown>;

/** Thrown when another attempt has taken a reply over: its old owner stops without a word. */
export class StaleAttempt extends Error {
  override name = 'StaleAttempt';
}

/** Loads the scripts into a connection. ioredis sends EVALSHA, and the text only when Redis does not know it. */
export function loadScripts(redis: Redis): Run {
  for (const [name, numberOfKeys] of Object.entries(KEY_COUNTS)) {
    redis.defineCommand(commandOf(name), { numberOfKeys, lua: textOf(name) });
  }
  const commands = redis as unknown as Record<string, (...args: (string | number | Buffer)[]) => Promise<unknown>>;
  return async (name, keys, args) => {
    try {
      return await commands[commandOf(name)]?.(...keys, ...args);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('STALE')) throw new StaleAttempt(error.message);
      throw error;
    }
  };
}

const commandOf = (name: string) => `wisecrack:${name}`;
const read = (path: string) => readFileSync(join(packageRoot(), 'queue/lua', path), 'utf8');

/** A script with its `--- @include "name"` lines filled in, as BullMQ does it. */
function textOf(name: string): string {
  return read(`${name}.lua`).replace(/^--- @include "([\w-]+)"$/gm, (_, include) => read(`includes/${include}.lua`));
}
