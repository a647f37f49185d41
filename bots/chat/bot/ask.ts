import { pickLine } from '../../../personas/index.ts';
import type { NewJob, Queue, Turn } from '../../../queue/index.ts';
import type { PersonaSource } from '../chat.ts';
import type { Delivery } from '../delivery/index.ts';
import type { Place } from '../surface.ts';
import type { Here } from './here.ts';
import { replyTurnOf } from './jobs.ts';
import { closedText, refusalText } from './refusals.ts';

export interface AskOptions {
  queue: Queue;
  personas: PersonaSource;
  delivery: Delivery;
  platform: string;
  /** The persona that answers where nobody has chosen one. */
  persona: string;
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
}

/**
 * Asks for a reply: limits, order among a person's questions, job, delivery. Each step may be done again: when the process dies in
 * between, the same message told once more adds what is missing.
 *
 * @returns what the person is told instead, if the operator lets nobody in or the limits say no.
 */
export async function ask(options: AskOptions, asking: Asking): Promise<string | undefined> {
  const { queue, personas, delivery, platform } = options;
  const { here, turn, jobId, persona, replaces, begun } = asking;
  const { at, speaker, rules, locale } = here;
  const { place = at.place } = asking;
  const { user, server } = speaker;
  const payer = { job: jobId, user, ...(server !== undefined && { server }) };
  const closed = closedText(here.say, rules);
  if (closed !== undefined) return closed;
  const taken = await queue.limits.take({ ...payer, rules });
  if (taken !== 'ok') return refusal(options, asking, taken);

  const asked = { jobId, turnId: turn.id, conversation: at.conversation, author: user, persona };
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

/** Who answers: the choice for this once, else that of the person, the channel, the server; one that is gone is passed over. */
export function personaFor({ personas, persona }: AskOptions, { rules }: Here, once?: string): string {
  for (const id of [once, rules.persona, persona]) if (id !== undefined && personas.has(id)) return id;
  return personas.personas[0]?.id ?? persona;
}

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
  const line = personas.has(persona) ? pickLine(personas.get(persona), 'busy', jobId) : undefined;
  return line ? `${line}\n${text}` : text;
}
