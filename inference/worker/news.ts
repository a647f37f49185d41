import { type Persona, pickLine } from '../../personas/index.ts';
import type { HandlerContext, Headline, Job, Reply, Turn } from '../../queue/index.ts';
import { cutReply, layOut, type WindowTurn, words } from '../context/index.ts';
import type { Engine } from '../engine/index.ts';
import { noteOf } from './headlines.ts';
import type { NewsDesk } from './news-desk.ts';
import { forbiddenBy } from './refusals.ts';
import { requestOf } from './request.ts';

/** How many headlines are told, and how long the remark on each may be, in tokens. */
const HEADLINES = 5;
const REMARK_TOKENS = 80;

interface NewsOptions {
  job: Job;
  context: HandlerContext;
  persona: Persona;
  engine: Engine;
  news: NewsDesk;
  asked: readonly Turn[];
}

/**
 * Tells the headlines, each with a remark of the persona's and with its link; what is forbidden here is left out. Title and link are the feed's, word for word; only the remark is
 * the model's, and no address in it is kept.
 */
export async function tellNews({ job, context, persona, engine, news, asked }: NewsOptions): Promise<Reply> {
  const question = asked.at(-1) as Turn;
  const topic = job.wants?.kind === 'news' ? job.wants.topic : undefined;
  const forbidden = forbiddenBy(persona, job);
  const isFit = (text: string) => forbidden?.find(text) === undefined;
  const chosen = await news.choose(job, question, topic, HEADLINES);
  const headlines = chosen.filter(({ title, feed }) => isFit(title) && isFit(feed));
  const told: { headline: Headline; remark: string }[] = [];
  const figures = { promptTokens: 0, replyTokens: 0 };
  let shown = context.resume.text;
  for (const headline of headlines) {
    const turns = interview(question, told, headline, persona);
    const window = layOut({ persona, turns, tokenizer: engine.tokenizer, context: engine.context });
    if (told.length === 0)
      context.start({ persona: persona.name, model: engine.name, promptTokens: window.tokens.length });
    figures.promptTokens += window.tokens.length;
    let raw = '';
    const request = { ...requestOf(job, persona, window, []), maxTokens: REMARK_TOKENS };
    for await (const piece of engine.generate(request, context.signal)) {
      raw += piece.text;
      figures.replyTokens += piece.tokens.length;
    }
    context.signal.throwIfAborted();
    const remark = remarkOf(raw);
    told.push({ headline, remark: isFit(remark) ? remark : '' });
    const text = told.map(inPrint).join('\n\n');
    // An earlier attempt has told the same so far.
    if (text.length > shown.length) {
      await context.publish(text.slice(shown.length), []);
      shown = text;
    }
  }
  if (shown !== '') return { finish: 'stop', text: shown, figures };
  const excuse = pickLine(persona, 'empty', job.id) ?? '...';
  await context.publish(excuse, []);
  return { finish: 'stop', text: excuse, figures };
}

/** The chat in which the persona remarks on one headline after the other. */
function interview(
  question: Turn,
  told: readonly { headline: Headline; remark: string }[],
  next: Headline,
  persona: Persona,
): WindowTurn[] {
  const ask = (headline: Headline, at: number): WindowTurn => ({
    ...{ role: 'user', author: question.author.id, name: question.author.name },
    ...{ text: at === 0 ? question.text : words[persona.language].next, notes: [noteOf(headline).text] },
  });
  const answers = told.flatMap(({ headline, remark }, at): WindowTurn[] => [
    ask(headline, at),
    { role: 'persona', author: persona.id, name: persona.name, text: remark },
  ]);
  return [...answers, ask(next, told.length)];
}

function inPrint({ headline: { title, feed, link }, remark }: { headline: Headline; remark: string }): string {
  return `“${title}”${feed === '' ? '' : ` (${feed})`}\n${remark === '' ? '' : `${remark}\n`}${link}`;
}

/** The first paragraph of what the model wrote, without addresses; where it was cut off, up to the end of its last sentence. */
function remarkOf(raw: string): string {
  const [paragraph = ''] = cutReply(raw).split('\n');
  const plain = paragraph
    .replace(/\S*(?:https?:|www\.)\S*/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*[.!?…。！？]["”’)]*/u.exec(plain)?.[0] ?? plain;
}
