import { GrammyError, HttpError } from 'grammy';
import { networkCode, wasNeverSent } from '../chat/network.ts';
import { SurfaceError, type SurfaceProblem } from '../chat/surface.ts';

/** What a request does: to send again would be a second message, to edit again would not. */
export type Deed = 'send' | 'edit';

/** Telegram's words by what they mean for a reply; it has no codes. The first that fits counts. */
const meanings: readonly [words: RegExp, problem: SurfaceProblem][] = [
  [
    /message to (?:edit|delete|be replied|reply) not found|MESSAGE_ID_INVALID|message identifier is not/i,
    'message-gone',
  ],
  [/replied message not found|REPLY_MESSAGE_ID_INVALID/i, 'message-gone'],
  [/message can't be (?:edited|deleted)|no text in the message to edit|MESSAGE_AUTHOR_REQUIRED/i, 'locked'],
  [/chat not found|PEER_ID_INVALID|CHANNEL_(?:INVALID|PRIVATE)|group chat was (?:deleted|deactivated)/i, 'place-gone'],
  [/bot was kicked|bot is not a member|user is deactivated|INPUT_USER_DEACTIVATED/i, 'place-gone'],
  [/(?:message thread|topic) not found|TOPIC_DELETED|TOPIC_ID_INVALID/i, 'place-gone'],
  [/TOPIC_CLOSED|topic (?:is )?closed/i, 'forbidden'],
  [
    /not enough rights|have no rights|CHAT_(?:WRITE_FORBIDDEN|RESTRICTED|ADMIN_REQUIRED)|need administrator/i,
    'forbidden',
  ],
  [/bot was blocked|can't initiate conversation|can't send messages to bots/i, 'forbidden'],
];

/** How long to wait after a 429 that does not say it, in ms. */
const PAUSE_MS = 3000;

/** What an error of grammY means for a reply. The original is not kept as `cause`: it may hold the address with the token. */
export function problemOf(error: unknown, deed: Deed): SurfaceError {
  if (error instanceof SurfaceError) return error;
  if (error instanceof GrammyError) return refusalOf(error, deed);
  const inner = error instanceof HttpError ? error.error : error;
  const code = networkCode(inner) ?? (inner instanceof Error ? inner.name : typeof inner);
  return wasNeverSent(inner)
    ? new SurfaceError('unsent', `Telegram is out of reach (${code})`)
    : new SurfaceError('unknown', `no answer came from Telegram (${code})`);
}

function refusalOf({ error_code: code, description, parameters, method }: GrammyError, deed: Deed): SurfaceError {
  const text = `Telegram: ${description} (${method}, ${code})`;
  if (code === 429) {
    const retryAfterMs = parameters.retry_after === undefined ? PAUSE_MS : parameters.retry_after * 1000;
    return new SurfaceError('limited', text, { retryAfterMs });
  }
  // A server that fails may have done its work before.
  if (code >= 500) return new SurfaceError(deed === 'send' ? 'unknown' : 'unsent', text);
  const [, meant] = meanings.find(([words]) => words.test(description)) ?? [];
  const forbidden = code === 401 || code === 403;
  return new SurfaceError(meant ?? (forbidden ? 'forbidden' : 'refused'), text);
}

/** An edit that would change nothing. */
export const isUnchanged = (error: unknown) => saysIn(error, /message is not modified/i);

/** Entities that Telegram does not take. */
export const isAboutEntities = (error: unknown) => saysIn(error, /can't parse entities|ENTITY_|ENTITIES_|entity/i);

/** A method that this server does not have. */
export const isUnknownMethod = (error: unknown) =>
  error instanceof GrammyError && (error.error_code === 404 || /method not found/i.test(error.description));

/** The chat that a group has become; undefined when it has not. */
export function migratedTo(error: unknown): number | undefined {
  return error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
}

function saysIn(error: unknown, words: RegExp): boolean {
  return error instanceof GrammyError && error.error_code === 400 && words.test(error.description);
}
