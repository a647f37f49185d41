import { type Occasion, type Persona, pickLine } from '../../personas/index.ts';
import type { HandlerContext, Job, Reply, Turn } from '../../queue/index.ts';
import { cutReply, indentText, layOut, type Window } from '../context/index.ts';
import { type Engine, Reply as ReplyText, type Sampling } from '../engine/index.ts';
import { writeDraft } from './draft.ts';
import { tellNews } from './news.ts';
import type { NewsDesk } from './news-desk.ts';
import { personaOf } from './persona.ts';
import { forbiddenBy, isRefused } from './refusals.ts';
import { requestOf } from './request.ts';
import { coverage, type Summaries } from './summaries.ts';
import { lastReplies, type Personas, seenBy, turnsFor } from './turns.ts';

/** How many of a persona's last replies a new one must differ from. */
const REMEMBERED = 3;

/** What a worker answers with. */
export interface Means {
  engine: Engine;
  personas: Personas;
  summaries?: Summaries;
  news?: NewsDesk;
  /** Hears what the model is about to see of these turns. */
  onWindow?: (window: Window, turns: readonly Turn[]) => void;
}

/** Makes the reply to one job: prompt, generation, and what of it may be shown. */
export async function answer(
  job: Job,
  context: HandlerContext,
  { engine, personas, summaries, news, onWindow }: Means,
): Promise<Reply> {
  const persona = personaOf(job, personas);
  const [stored, kept] = await Promise.all([context.conversation.read(), context.conversation.summary()]);
  const asked = turnsFor(job, stored);
  if (isRefused(asked.at(-1)?.text ?? '', persona, job)) {
    const text = lineOf(persona, 'refused', job);
    await context.publish(text.slice(context.resume.text.length), []);
    return { finish: 'stop', text, figures: { promptTokens: 0, replyTokens: 0 } };
  }
  if (job.wants?.kind === 'news' && news) return tellNews({ job, context, persona, engine, news, asked });
  const turns = job.wants ? asked : ((await news?.tell(job, asked)) ?? asked);
  const seen = turns.map(seenBy(personas));
  const { begun = '' } = job;
  const { tokenizer, context: size } = engine;
  const covered = coverage(turns, kept);
  const summary = covered > 0 ? kept?.text : undefined;
  const window = layOut({ persona, turns: seen, summary, begun, tokenizer, context: size });
  onWindow?.(window, turns);
  context.start({ persona: persona.name, model: engine.name, promptTokens: window.tokens.length });

  // What earlier attempts drew is replayed, so the raw text is whole again; what they published is not published twice.
  const { tokens: resume, text } = context.resume;
  const replay = resume.map((token) => ({ id: 0, token }));
  const raw = (begun && indentText(begun)) + new ReplyText(tokenizer, window.stop).take(replay).text;
  const begin = { raw, shown: text, drawn: resume.length };
  const { publish } = context;
  if (begin.shown === '' && begun !== '') {
    begin.shown = cutReply(raw);
    await publish(begin.shown, []);
  }
  const request = requestOf(job, persona, window, resume);
  const known = lastReplies(turns, persona.id, REMEMBERED);
  const forbidden = forbiddenBy(persona, job);
  const { names } = window;
  let draft = await writeDraft(engine.generate(request, context.signal), { begin, known, forbidden, names, publish });
  if (draft.dull) {
    const again = { ...request, resume: [], sampling: hotter(request.sampling) };
    draft = await writeDraft(engine.generate(again, context.signal), {
      ...{ begin: { ...begin, ...draft, raw }, forbidden, names, publish },
    });
  }
  context.signal.throwIfAborted();
  // What left the window is summed up behind the reply's back: nobody waits for it.
  if (!job.wants && window.firstTurn > covered)
    summaries?.renew(job, { persona, turns, seen, covered, through: window.firstTurn, earlier: summary });

  const figures = { promptTokens: window.tokens.length, replyTokens: draft.drawn };
  const { shown, finish } = draft;
  if (finish === 'cancelled' || (shown !== '' && !draft.forbidden)) return { finish, text: shown, figures };
  const excuse = (shown && '\n') + lineOf(persona, draft.forbidden ? 'refused' : 'empty', job);
  await publish(excuse, []);
  return { finish, text: shown + excuse, figures };
}

function lineOf(persona: Persona, occasion: Occasion, job: Job): string {
  return pickLine(persona, occasion, job.id) ?? '...';
}

/** Another try at a reply that was none, or an old one. */
function hotter(sampling: Sampling): Sampling {
  return {
    ...sampling,
    temperature: Math.max(sampling.temperature, 0.7) * 1.3,
    seed: (sampling.seed + 1) % Number.MAX_SAFE_INTEGER,
  };
}
