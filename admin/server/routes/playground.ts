import { randomUUID } from 'node:crypto';
import { WisecrackError } from '../../../errors.ts';
import type { Queue, Turn } from '../../../queue/index.ts';
import { playgroundRoutes as routes } from '../../api/playground.ts';
import { fieldsOf, goodDraft } from '../../personas/draft.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';
import { OURS } from './conversations.ts';
import { tokensOf } from './tokens.ts';

/** Longer than any reply is waited for; the conversation of one that never ends goes by itself a day later. */
const PATIENCE_MS = 30 * 60 * 1000;

/** How many of the likeliest tokens are told with each. */
const ALTERNATIVES = 5;

/** A draft answers: a job like any other, in a conversation that is forgotten when it has been answered. */
export function addPlayground(site: Site, { queue, personas, streams, window, log }: Context): void {
  serve(site, routes.play, async ({ params: { id }, body: { draft, turns, sampling, maxTokens, seed }, who }) => {
    const { persona } = goodDraft(id, draft, personas);
    const question = turns.at(-1);
    if (question?.role !== 'user') {
      throw new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason: 'the last turn must be a person’s' });
    }
    const jobId = `${OURS}:${randomUUID()}`;
    const conversation = `${OURS}:play-${randomUUID()}`;
    const turnOf = ({ role, name, text }: (typeof turns)[number], at: number): Turn => ({
      id: `${jobId}:${at}`,
      role,
      // The dashboard's account is not a person of the chats: nothing of a play is kept under anybody's name.
      author: { id: role === 'user' ? `${OURS}:player` : id, name },
      text,
      at: Date.now(),
      ...(role === 'persona' && { persona: id }),
    });
    for (const [at, turn] of turns.slice(0, -1).entries()) {
      await queue.conversations.append(conversation, turnOf(turn, at), { retentionDays: 1 });
    }
    await queue.submit(turnOf(question, turns.length - 1), {
      ...{ id: jobId, platform: OURS, conversation, persona: id, retentionDays: 1, draft: fieldsOf(persona) },
      topLogprobs: ALTERNATIVES,
      ...(sampling && { sampling: given(sampling) }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(seed !== undefined && { seed }),
    });
    forgetAfter(queue, jobId, conversation).catch((error) => log.warn({ err: error }, 'a play was not forgotten'));
    log.debug({ job: jobId, by: who.by }, 'a draft is tried');
    return { jobId };
  });

  streams.serve(site, routes.playEvents, async ({ params: { jobId } }, send, signal) => {
    if (!jobId.startsWith(`${OURS}:`)) throw notFound('such play');
    const { tokenizer } = await window();
    for await (const event of queue.follow(jobId, { signal })) {
      if (event.type === 'start') {
        const { model, promptTokens, waitMs } = event;
        send('start', JSON.stringify({ model, promptTokens, waitMs }));
      } else if (event.type === 'piece') {
        send('piece', JSON.stringify({ text: event.text, tokens: tokensOf(tokenizer, event.tokens, event.chances) }));
      } else {
        const { finish, text, error, figures } = event;
        send('end', JSON.stringify({ finish, text, error, figures }));
      }
    }
  });
}

/** What is undefined was not given. */
function given(values: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

async function forgetAfter(queue: Queue, jobId: string, conversation: string): Promise<void> {
  for await (const _ of queue.follow(jobId, { signal: AbortSignal.timeout(PATIENCE_MS) }));
  await queue.conversations.clear(conversation);
}
