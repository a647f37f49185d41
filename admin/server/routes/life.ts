import { reasonOf } from '../../../errors.ts';
import type { Life as KeptLife, ReplyEvent } from '../../../queue/index.ts';
import type { Life } from '../../api/logs.ts';
import { promptOf } from '../../personas/prompt.ts';
import type { Context } from '../context.ts';
import { logLine } from './line.ts';

/** A reply's life by its job's id or trace; with texts and prompt, where they are to be revealed. */
export async function readLife(context: Context, id: string, revealed: boolean): Promise<Life | undefined> {
  const { queue } = context;
  const kept = await queue.life(id);
  if (!kept) return undefined;
  const { jobId, job, events, turns, delivery } = kept;
  const question = turns?.at(-1);
  const trace = job?.trace ?? (id === jobId ? null : id);
  const show = (text: string) => (revealed ? text : null);
  const all = events.map(({ at, event }) => ({ at, ...event }));
  const end = all.find(isEnd);
  return {
    jobId,
    trace,
    platform: jobId.split(':', 1)[0] ?? '',
    conversation: kept.conversation ?? null,
    persona: job?.persona ?? kept.persona ?? null,
    who: question?.author ?? null,
    question: question ? { at: question.at, text: show(question.text), length: question.text.length } : null,
    askedAt: job?.createdAt ?? null,
    attempts: all
      .filter((it) => it.type === 'start')
      .map(({ at, attempt, model, promptTokens, waitMs }) => ({ at, attempt, model, promptTokens, waitMs })),
    pieces: all
      .filter((it) => it.type === 'piece')
      .map(({ at, text, tokens }) => ({ at, tokens: tokens.length, text: show(text), length: text.length })),
    end: end
      ? {
          ...{ at: end.at, finish: end.finish, text: show(end.text), length: end.text.length },
          ...{ error: end.error ?? null, figures: end.figures },
        }
      : null,
    delivery: delivery
      ? {
          at: delivery.delivery.at,
          channel: delivery.delivery.place.channel,
          parts: delivery.parts.flatMap((part) =>
            part ? [{ message: part.message ?? null, generation: part.generation }] : [],
          ),
          outcome: delivery.outcome?.type ?? null,
        }
      : null,
    prompt: revealed ? await promptNow(context, kept) : null,
    log: trace === null ? [] : (await queue.logs.ofTrace(trace)).map(logLine),
    revealed,
  };
}

const isEnd = (event: { at: number } & ReplyEvent) => event.type === 'end';

/** The prompt as it would be laid out now: the persona and the conversation may have changed since. */
async function promptNow(
  { personas, window, log }: Context,
  { persona, job, turns }: KeptLife,
): Promise<string | null> {
  const id = job?.persona ?? persona;
  if (id === undefined || !personas.has(id) || !turns) return null;
  const played = turns.map(({ role, author, text }) => ({ role, name: author.name, text }));
  try {
    return promptOf(personas.get(id), played, await window()).text;
  } catch (error) {
    log.warn({ error: reasonOf(error) }, 'a prompt could not be laid out');
    return null;
  }
}
