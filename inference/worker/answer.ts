import { WisecrackError } from '../../errors.ts';
import { type Persona, pickLine } from '../../personas/index.ts';
import type { HandlerContext, Job, Reply, Turn } from '../../queue/index.ts';
import { cutPartial, cutReply, layOut, samplingOf, type WindowTurn } from '../context/index.ts';
import { type Engine, type Finish, Reply as ReplyText } from '../engine/index.ts';

/** Makes the reply to one job: prompt, generation, and what of it may be shown. */
export async function answer(
  job: Job,
  context: HandlerContext,
  { engine, persona }: { engine: Engine; persona: Persona },
): Promise<Reply> {
  const turns = upTo(await context.conversation.read(), job.turnId);
  const window = layOut({ persona, turns: turns.map(seen), tokenizer: engine.tokenizer, context: engine.context });
  context.start({ persona: persona.name, model: engine.name, promptTokens: window.tokens.length });

  // What earlier attempts drew is replayed, so the raw text is whole again; what they published is not published twice.
  const replay = context.resume.tokens.map((token) => ({ id: 0, token }));
  let raw = new ReplyText(engine.tokenizer, window.stop).take(replay).text;
  let shown = context.resume.text;
  let drawn = context.resume.tokens.length;
  let finish: Finish = 'cancelled';
  const pieces = engine.generate(
    {
      prompt: window.tokens,
      resume: context.resume.tokens,
      maxTokens: Math.min(job.maxTokens ?? window.replyTokens, window.replyTokens),
      sampling: { ...samplingOf(persona.sampling, job.seed), ...job.sampling },
      stop: window.stop,
      penaltyStart: window.penaltyStart,
      dryBreakers: window.dryBreakers,
    },
    context.signal,
  );
  for await (const piece of pieces) {
    raw += piece.text;
    drawn += piece.tokens.length;
    const { text, ended } = piece.finish ? { text: cutReply(raw), ended: false } : cutPartial(raw);
    await context.publish(text.slice(shown.length), piece.tokens);
    shown = text;
    finish = ended ? 'stop' : (piece.finish ?? finish);
    if (ended) break; // The model began to speak for somebody else: nothing of that is shown or kept.
  }
  context.signal.throwIfAborted();

  if (shown === '' && finish !== 'cancelled') {
    shown = pickLine(persona, 'empty', job.id) ?? '...';
    await context.publish(shown, []);
  }
  return { finish, text: shown, figures: { promptTokens: window.tokens.length, replyTokens: drawn } };
}

/** The conversation as it was when the question came: what was written after it is answered by another job. */
function upTo(turns: Turn[], turnId: string): Turn[] {
  const index = turns.findIndex((turn) => turn.id === turnId);
  if (index < 0) throw new WisecrackError('WISECRACK_TURN_GONE', { turn: turnId });
  return turns.slice(0, index + 1);
}

function seen({ role, author, text }: Turn): WindowTurn {
  return { role, author: author.id, name: author.name, text };
}
