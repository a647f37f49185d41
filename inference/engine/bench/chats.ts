import { type BenchRow, median } from '../../../queue/measure.ts';
import { runPrompts } from './load.ts';
import { tokensOf } from './requests.ts';
import { SEQUENCES, type Subject } from './subject.ts';

/** Tokens of the persona that all chats share, and of what is said in a turn. */
const PERSONA = 2000;
const TURN = 40;
const TURNS = 3;
const REPLY = 2;
/** A bare prompt is measured beside each so many turns. */
const BESIDE = 4;
/** A turn may take so many times what its tokens take alone. */
const FIRST_BAR = 1.5;
const HITS_BAR = 0.95;

/**
 * What a long persona costs once it was read: turns of several chats that share it, one after the other, with bare prompts as long as a turn
 * in between. Nothing for a model whose window is too short.
 */
export async function benchChats({ requests, judged }: Subject): Promise<BenchRow[]> {
  const { vocabSize, sequenceLen } = requests.config;
  if (sequenceLen < PERSONA + TURNS * (TURN + REPLY)) return [];
  const persona = tokensOf(vocabSize, PERSONA, 0);
  const chats = Array.from({ length: SEQUENCES }, () => [...persona]);
  const turns: number[] = [];
  const bare: number[] = [];
  let [hits, all] = [0, 0];
  for (let seed = 1; seed <= TURNS * SEQUENCES; seed++) {
    const chat = chats[seed % SEQUENCES] as number[];
    chat.push(...tokensOf(vocabSize, TURN, seed));
    const before = requests.stats();
    const { firstMs, tokens } = await runPrompts(requests, [chat], REPLY, seed);
    turns.push(firstMs);
    const after = requests.stats();
    hits += after.prefixHits - before.prefixHits;
    all += chat.length;
    chat.push(...(tokens[0]?.slice(-REPLY) ?? []));
    if (seed % BESIDE === 0)
      bare.push((await runPrompts(requests, [tokensOf(vocabSize, TURN, 1000 + seed)], REPLY, seed)).firstMs);
  }
  const [value, limit] = [median(turns), median(bare)];
  const [ratio, share] = [value / limit, hits / all];
  return [
    {
      ...{ name: `first token after ${TURN} tokens in a chat of ${PERSONA}`, value, unit: 'ms', limit, ratio },
      ...(judged && { bar: FIRST_BAR, required: `<= ${FIRST_BAR} x`, holds: ratio <= FIRST_BAR }),
    },
    {
      ...{ name: `tokens of ${SEQUENCES} such chats from the prefix cache`, value: 100 * share, unit: '%' },
      ...{ limit: 100, ratio: share, bar: HITS_BAR, holds: share >= HITS_BAR },
    },
  ];
}
