import { nameKey } from '../../personas/name.ts';
import type { Persona } from '../../personas/schema.ts';
import type { Tokenizer } from '../engine/engine.ts';
import { budgetsFor } from './budgets.ts';
import { fitTurn } from './cut.ts';
import { encodeParts } from './render.ts';
import { speakersOf, type WindowTurn } from './speakers.ts';
import { type SummaryWords, summaryWords } from './summary-words.ts';
import { sanitizeLine } from './text.ts';
import { words } from './words.ts';

/** What the model is to go on with, so that it sums up a piece of a chat. */
export interface SummaryPrompt {
  readonly tokens: readonly number[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** What the summary may be about: the turns and the summary before, as text. */
  readonly source: string;
}

export interface SummaryOptions {
  readonly persona: Pick<Persona, 'name' | 'language'>;
  /** What left the window, oldest first. */
  readonly turns: readonly WindowTurn[];
  /** The summary so far. */
  readonly earlier?: string | undefined;
  readonly tokenizer: Tokenizer;
  /** The model's context in tokens. */
  readonly context: number;
}

/**
 * Lays out two pieces of chat with their summaries, then this one: a base model goes on with a summary. Where not all turns fit, the oldest
 * stay out.
 */
export function layOutSummary({ persona, turns, earlier, tokenizer, context }: SummaryOptions): SummaryPrompt {
  const ours = summaryWords[persona.language];
  const budgets = budgetsFor(context);
  // The line around the summary in the window takes some of its budget.
  const maxTokens = Math.floor((budgets.summary * 3) / 4);
  const head = tokenizer.encodePlain(`${ours.head}\n\n${ours.examples.map(exampleOf(ours)).join('')}${ours.chat}\n`);
  const cursor = tokenizer.encodePlain(ours.summary);
  let room = context - budgets.slack - maxTokens - head.length - cursor.length;

  const before = earlier?.trim()
    ? fitTurn(tokenizer, words[persona.language].earlier, earlier, budgets.summary)
    : undefined;
  room -= before?.tokens.length ?? 0;
  const speakers = speakersOf(turns, persona.name, words[persona.language].someone);
  const lines = turns.map(({ text }, at) =>
    fitTurn(tokenizer, speakers[at] ?? '', text, Math.floor(budgets.history / 8)),
  );
  const kept = [];
  for (const line of lines.reverse()) {
    room -= line.tokens.length;
    if (room < 0) break;
    kept.unshift(line);
  }
  const chat = [...(before ? [before] : []), ...kept].flatMap(({ parts }) => parts);
  return {
    tokens: [...head, ...encodeParts(tokenizer, chat), ...cursor],
    maxTokens,
    stop: ['\n'],
    source: chat.join(''),
  };
}

const exampleOf =
  ({ chat, summary }: SummaryWords) =>
  (example: SummaryWords['examples'][number]) =>
    `${chat}\n${example.chat.join('\n')}\n${summary} ${example.summary}\n\n`;

/**
 * What of a model's summary may stand in the window: its whole sentences, and nothing when there is none, it is much too short, repeats
 * itself, tells of people or numbers that are not in its source, or reads like a line of the chat or an instruction.
 *
 * @returns The summary in one line, or why it is no good.
 */
export function checkSummary(raw: string, source: string): { text: string } | { reason: string } {
  const whole = sanitizeLine(raw);
  const text = WHOLE_SENTENCES.exec(whole)?.[0] ?? '';
  if (text === '') return { reason: whole === '' ? 'too short' : 'cut off' };
  // A Han character says as much as two letters or more.
  if (text.length + (text.match(/\p{sc=Han}/gu)?.length ?? 0) < 15) return { reason: 'too short' };
  const speakers = new Set(
    [...source.matchAll(/^([^\s:：][^:：\n]{0,31})[:：]/gmu)].map(([, name = '']) => nameKey(name)),
  );
  const [, head] = /^([^:：]{1,32})[:：](?!\/\/)/u.exec(text) ?? [];
  if (head !== undefined && speakers.has(nameKey(head))) return { reason: 'reads like somebody’s line' };
  if (/https?:|<\||\[note:|\*\*\*/iu.test(text)) return { reason: 'has what no summary needs' };
  if (INSTRUCTION.test(text)) return { reason: 'reads like an instruction' };
  const known = source.toLowerCase();
  const stranger = namesAndNumbers(text).find((word) => !known.includes(word.toLowerCase()));
  if (stranger !== undefined) return { reason: `nobody spoke of "${stranger}"` };
  const pieces = text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [];
  if (pieces.length > 20 && new Set(pieces).size < pieces.length / 3) return { reason: 'repeats itself' };
  return { text };
}

/** Up to the last end of a sentence; a point within a number or an abbreviation is none. */
const WHOLE_SENTENCES = /^.*(?:[.!?…]["”’)]*(?=\s|$)|[。！？]["”’」）)]*)/u;
/** To ignore a goose is no instruction, to ignore a rule is one. */
const INSTRUCTION =
  /\b(?:ignore|disregard|forget)\b[^.!?]{0,24}\b(?:instructions?|rules?|prompts?|above|previous|prior)\b|\b(?:system|developer) (?:prompt|message)|\byou (?:must|are now|will now)\b|\bfrom now on\b|(?:忽略|无视|忘掉)(?:以上|之前|上面|所有|一切)|你(?:必须|现在是)|从现在起|系统提示/iu;
/** Who speaks in the pieces of chat that show how it is done: a model that is at a loss goes on about them. */
const OTHERS = new RegExp(
  `(?<!\\p{sc=Latin})(?:${Object.values(summaryWords)
    .flatMap(({ examples }) => examples.flatMap(({ people }) => people))
    .join('|')})(?!\\p{sc=Latin})`,
  'gu',
);

/** Words with a capital letter that do not begin a sentence, numbers, and names from elsewhere. */
function namesAndNumbers(text: string): string[] {
  const names = [...text.matchAll(/(?<![.!?…"“(]\s*|^)\b\p{Lu}[\p{L}\p{M}'’-]+/gu)].map(([name]) =>
    name.replace(/['’]s$/u, ''),
  );
  return [...names, ...(text.match(/\p{Nd}+/gu) ?? []), ...(text.match(OTHERS) ?? [])];
}
