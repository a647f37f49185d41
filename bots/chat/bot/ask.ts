import { pickLine } from '../../../personas/index.ts';
import type { NewJob, Queue, Rules, Turn, Wants } from '../../../queue/index.ts';
import type { PersonaSource } from '../chat.ts';
import type { Delivery } from '../delivery/index.ts';
import { mannersOf } from '../manners.ts';
import type { Place } from '../surface.ts';
import type { Here } from './here.ts';
import { replyTurnOf } from './jobs.ts';
import { closedText, refusalText } from './refusals.ts';
import { type Company, maySpeak } from './voice.ts';

export interface AskOptions {
  queue: Queue;
  personas: PersonaSource;
  delivery: Delivery;
  platform: string;
  /** The persona that answers where nobody has chosen one. */
  persona: string;
  /** Whether the platform tells what is not meant for the bot, as far as it is known. */
  hearsAll?: () => boolean;
}

/** A question that is to be answered, new or once more. */
export interface Asking {
  here: Here;
  turn: Turn;
  jobId: string;
  persona: string;
  /** Where the reply goes, if not where the question came from. */
  place?: Place;
  /** The job whose reply this one takes the place of. */
  replaces?: string;
  /** How the reply begins already. */
  begun?: string;
  /** What is wanted, where it is not just an answer. */
  wants?: Wants;
}

/**
 * Asks for a reply: limits, order among a person's questions, job, delivery. Each step may be done again: when the process dies in
 * between, the same message told once more adds what is missing.
 *
 * @returns what the person is told instead, if the persona is for adults, the operator lets nobody in or the limits say no.
 */
export async function ask(options: AskOptions, asking: Asking): Promise<string | undefined> {
  const { queue, personas, delivery, platform } = options;
  const { here, turn, jobId, persona, replaces, begun, wants } = asking;
  const { at, speaker, rules, locale } = here;
  const { place = at.place } = asking;
  if (!maySpeak(personas, persona, here)) return here.say('adultsOnly', { name: nameOf(options, persona) });
  const { user, server } = speaker;
  const payer = { job: jobId, user, ...(server !== undefined && { server }) };
  const closed = closedText(here.say, rules);
  if (closed !== undefined) return closed;
  const taken = await queue.limits.take({ ...payer, rules });
  if (taken !== 'ok') return refusal(options, asking, taken);

  const asked = {
    ...{ jobId, turnId: turn.id, conversation: at.conversation, author: user, persona },
    ...(wants && { wants }),
  };
  const before = await queue.asked.note(asked);
  // From here on the old reply joins the conversation no more.
  if (replaces !== undefined) {
    await delivery.drop(replaces);
    await queue.conversations.remove(at.conversation, [replyTurnOf(replaces)]);
  }
  const after = await inOrder(queue, before, rules.secondQuestion);
  const job: NewJob = {
    ...{
      id: jobId,
      platform,
      conversation: at.conversation,
      persona,
      locale,
      user,
      retentionDays: rules.retentionDays,
    },
    ...mannersOf(rules),
    ...(wants && { wants }),
    ...(server !== undefined && { server }),
    ...(after !== undefined && { after }),
    ...(begun !== undefined && { begun }),
  };
  // Recorded before the job exists: a death in between leaves nobody waiting for a reply that nobody shows.
  const { name } = personas.get(persona);
  const shownBy = rules.webhookIdentity ? { ...place, extra: { ...place.extra, identity: 'webhook' } } : place;
  await delivery.deliver({ jobId, place: shownBy, persona: name, locale });
  await queue.submit(turn, job);
  return undefined;
}

/**
 * Who answers: the choice for this once, else that of the person, the channel, the server. One that is gone is passed over, and so is
 * one for adults where it may not speak, unless it was asked for by name.
 */
export function personaFor(
  { personas, persona }: Pick<AskOptions, 'personas' | 'persona'>,
  here: Company & { readonly rules: Pick<Rules, 'persona'> },
  once?: string,
): string {
  if (once !== undefined && personas.has(once)) return once;
  const choices = [here.rules.persona, persona, ...personas.personas.map(({ id }) => id)];
  return choices.find((id) => id !== undefined && maySpeak(personas, id, here)) ?? persona;
}

const nameOf = ({ personas }: AskOptions, id: string) => (personas.has(id) ? personas.get(id).name : id);

/** The job to wait for; with `interrupt` the one before is ended instead. */
async function inOrder(queue: Queue, before: string | undefined, second: 'queue' | 'interrupt') {
  if (before === undefined || (await queue.asked.isOver(before))) return undefined;
  if (second === 'interrupt') await queue.cancel(before);
  return before;
}

function refusal(
  { personas }: AskOptions,
  { here, persona, jobId }: Asking,
  taken: Parameters<typeof refusalText>[1],
): string {
  const text = refusalText(here.say, taken);
  if (taken.refused !== 'queue-full') return text;
  const voice = personas.has(persona) ? personas.get(persona) : undefined;
  const line = voice && (pickLine(voice, 'full', jobId) ?? pickLine(voice, 'busy', jobId));
  return line ? `${line}\n${text}` : text;
}
