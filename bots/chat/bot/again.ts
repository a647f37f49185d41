import type { Asked, Turn } from '../../../queue/index.ts';
import type { Answer } from '../heard.ts';
import { type AskOptions, ask, personaFor } from './ask.ts';
import type { Here } from './here.ts';
import { nextJobId, replyTurnOf } from './jobs.ts';

/** Makes the reply to a question once more, or goes on with it; either takes the place of the old one. */
export async function again(options: AskOptions, here: Here, asked: Asked, how: 'retry' | 'continue'): Promise<Answer> {
  const { queue, delivery } = options;
  const { jobId, turnId, conversation, wants } = asked;
  const turns = await queue.conversations.read(conversation);
  const find = (id: string): Turn | undefined => turns.find((turn) => turn.id === id);
  const turn = find(turnId);
  const said = find(replyTurnOf(jobId))?.text;
  const place = (await delivery.read(jobId))?.place;
  // Forgotten meanwhile, or another answer has taken its place already.
  if (!turn || !place || (how === 'continue' && said === undefined)) return { text: here.say('nothingToRepeat') };
  const text = await ask(options, {
    here: { ...here, at: { ...here.at, conversation } },
    place,
    turn,
    jobId: nextJobId(jobId),
    persona: personaFor(options, here, asked.persona),
    replaces: jobId,
    ...(how === 'continue' && said !== undefined && { begun: said }),
    // The news are told from the first headline on: to go on after the last one is an answer like any other.
    ...(wants && !(how === 'continue' && wants.kind === 'news') && { wants }),
  });
  return text === undefined ? {} : { text };
}
