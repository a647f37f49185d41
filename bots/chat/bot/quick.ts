import { randomUUID } from 'node:crypto';
import { WisecrackError } from '../../../errors.ts';
import { decide } from '../access/index.ts';
import type { Person, Whereabouts } from '../heard.ts';
import { mannersOf } from '../manners.ts';
import { updatesOf } from '../updates.ts';
import { type AskOptions, personaFor } from './ask.ts';
import type { Here } from './here.ts';
import { closedText, refusalText } from './refusals.ts';
import { maySpeak } from './voice.ts';

/** How long a quick answer may be, in tokens, and how long it may take, in ms. */
const TOKENS = 64;
const PATIENCE_MS = 20_000;

/** Where quick answers are given: nowhere that anybody could see. */
export function quickPlace(platform: string, by: Person): Whereabouts {
  const channel = `quick-${by.id}`;
  // What is answered may be posted anywhere.
  return { conversation: `${platform}:${channel}`, channel, adult: false, direct: true, place: { channel } };
}

/** Asks for an answer that is shown by whoever calls. @throws WisecrackError WISECRACK_NO_ANSWER */
export async function quickly(options: AskOptions, text: string, here: Here): Promise<string> {
  const { queue, platform } = options;
  const { at, speaker, rules, say, locale } = here;
  const persona = personaFor(options, here);
  const none = (reason: string) => new WisecrackError('WISECRACK_NO_ANSWER', { reason });
  const facts = { ...speaker, isOurErrorText: false, botTurns: 0, botRepliesThisHour: 0 };
  if (decide(rules, facts) !== 'answer') throw none(say('notYou'));
  if (!maySpeak(options.personas, persona, here)) throw none(say('notHere'));
  const closed = closedText(say, rules);
  if (closed !== undefined) throw none(closed);
  const id = `${platform}:quick-${randomUUID()}`;
  const taken = await queue.limits.take({ job: id, user: speaker.user, rules });
  if (taken !== 'ok') throw none(refusalText(say, taken));
  await queue.submit(
    { id, role: 'user', author: { id: speaker.user, name: here.by.name }, text, at: Date.now() },
    {
      ...{ id, platform, conversation: at.conversation, persona, locale },
      ...mannersOf(rules),
      ...{ user: speaker.user, maxTokens: TOKENS, retentionDays: 0 },
    },
  );
  for await (const update of updatesOf(queue, id, AbortSignal.timeout(PATIENCE_MS))) {
    if (update.type !== 'end') continue;
    if (update.finish === 'failed' || update.text === '') throw none(update.apology ?? say('failed'));
    return update.text;
  }
  await queue.cancel(id);
  throw none(say('failed'));
}
