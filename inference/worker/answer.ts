import { WisecrackError } from '../../errors.ts';
import { type Persona, pickLine } from '../../personas/index.ts';
import type { HandlerContext, Job, Reply, Turn } from '../../queue/index.ts';
import { cutPartial, cutReply, indentText, layOut, samplingOf, type WindowTurn } from '../context/index.ts';
import { type Engine, type Finish, Reply as ReplyText } from '../engine/index.ts';

/** How often a model that says nothing is asked. */
const TRIES = 2;

/** Where a worker gets personas from; looked up anew for each job, so that an edited file counts at once. */
export interface Personas {
  has(id: string): boolean;
  /** @throws WisecrackError WISECRACK_PERSONA_NOT_FOUND */
  get(id: string): Persona;
}

/** Makes the reply to one job: prompt, generation, and what of it may be shown. */
export async function answer(
  job: Job,
  context: HandlerContext,
  { engine, personas }: { engine: Engine; personas: Personas },
): Promise<Reply> {
  const persona = personas.get(job.persona);
  const turns = upTo(arrange(await context.conversation.read()), job.turnId);
  const { begun = '' } = job;
  const { tokenizer, context: size } = engine;
  const window = layOut({ persona, turns: turns.map((turn) => seen(turn, personas)), begun, tokenizer, context: size });
  context.start({ persona: persona.name, model: engine.name, promptTokens: window.tokens.length });

  // What earlier attempts drew is replayed, so the raw text is whole again; what they published is not published twice.
  const replay = context.resume.tokens.map((token) => ({ id: 0, token }));
  let raw = (begun && indentText(begun)) + new ReplyText(tokenizer, window.stop).take(replay).text;
  let shown = context.resume.text;
  let drawn = context.resume.tokens.length;
  let finish: Finish = 'cancelled';
  if (shown === '' && begun !== '') {
    shown = cutReply(raw);
    await context.publish(shown, []);
  }
  let resume = context.resume.tokens;
  for (let tried = 0; tried < TRIES; tried++) {
    const pieces = engine.generate(
      {
        prompt: window.tokens,
        resume,
        maxTokens: Math.min(job.maxTokens ?? window.replyTokens, window.replyTokens),
        sampling: { ...samplingOf(persona.sampling, (job.seed + tried) % Number.MAX_SAFE_INTEGER), ...job.sampling },
        stop: window.stop,
        penaltyStart: window.penaltyStart,
        dryBreakers: window.dryBreakers,
      },
      context.signal,
    );
    // Tokens go with the first text that they make: those of a try that says nothing are no beginning of the next.
    let held: number[] = [];
    for await (const piece of pieces) {
      raw += piece.text;
      drawn += piece.tokens.length;
      held.push(...piece.tokens);
      const { text, ended } = piece.finish ? { text: cutReply(raw), ended: false } : cutPartial(raw);
      if (text !== '') {
        await context.publish(text.slice(shown.length), held);
        held = [];
      }
      shown = text;
      finish = ended ? 'stop' : (piece.finish ?? finish);
      if (ended) break; // The model began to speak for somebody else: nothing of that is shown or kept.
    }
    context.signal.throwIfAborted();
    if (shown !== '' || finish === 'cancelled') break;
    raw = '';
    resume = [];
  }

  if (shown === '' && finish !== 'cancelled') {
    shown = pickLine(persona, 'empty', job.id) ?? '...';
    await context.publish(shown, []);
  }
  return { finish, text: shown, figures: { promptTokens: window.tokens.length, replyTokens: drawn } };
}

/** Each answer right behind its question, however many questions came while it was made: that is how a chat reads. */
function arrange(turns: Turn[]): Turn[] {
  const known = new Set(turns.map(({ id }) => id));
  const answers = new Map<string, Turn[]>();
  const others: Turn[] = [];
  for (const turn of turns) {
    if (turn.replyTo === undefined || !known.has(turn.replyTo)) others.push(turn);
    else answers.set(turn.replyTo, [...(answers.get(turn.replyTo) ?? []), turn]);
  }
  return others.flatMap((turn) => [turn, ...(answers.get(turn.id) ?? [])]);
}

/** The conversation as it was when the question came: what was written after it is answered by another job. */
function upTo(turns: Turn[], turnId: string): Turn[] {
  const index = turns.findIndex((turn) => turn.id === turnId);
  if (index < 0) throw new WisecrackError('WISECRACK_TURN_GONE', { turn: turnId });
  return turns.slice(0, index + 1);
}

/** A persona speaks under the name that it has now; what is stored is its id. */
function seen({ role, author, text, persona }: Turn, personas: Personas): WindowTurn {
  const name = persona !== undefined && personas.has(persona) ? personas.get(persona).name : author.name;
  return { role, author: author.id, name, text };
}
