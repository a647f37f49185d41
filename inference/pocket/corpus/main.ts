/**
 * The pocket model's corpus:
 *
 *     main.js text OUT                       plain text, one turn a line, for SentencePiece
 *     main.js windows OUT TOKENIZER [N]      N whole windows to train on (default 16000), four times as many short ones, 160 to validate
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { loadPersonas, type Persona } from '../../../personas/index.ts';
import { packageRoot } from '../../../root.ts';
import { openTokenizer } from '../../engine/tokenizer/tokenizer.ts';
import { Random } from './random.ts';
import { type Conversation, fillSlots, readConversations, readSlots, type Slots } from './text.ts';
import { WindowMaker, type WindowSource } from './windows.ts';

/** A whole window is a prompt as the worker sends it; a short one is a chat alone, which teaches more answers per second. */
const WHOLE = 1024;
const SHORT = 256;
/** The default persona is the one that most people meet. */
const SHARE = { guide: 0.36 } as Record<string, number>;
const OTHERS = 0.16;

const [, , what, out, tokenizerFile, count = '16000'] = process.argv;
if ((what !== 'text' && what !== 'windows') || !out || (what === 'windows' && !tokenizerFile)) {
  console.error('usage: main.js text OUT | main.js windows OUT TOKENIZER [N]');
  process.exit(2);
}

const folder = join(packageRoot(), 'inference/pocket/text');
const slots = readSlots(folder);
const conversations = readConversations(folder);
const loaded = await loadPersonas(join(packageRoot(), 'personas'));
/** Those that conversations are written for; the others are for larger models. */
const voiced = loaded.personas.filter(({ id }) => conversations.some((each) => each.persona === id));
const personas = new Map(voiced.map((persona) => [persona.id, persona]));

mkdirSync(out, { recursive: true });
if (what === 'text') writeFileSync(join(out, 'corpus.txt'), plainText(conversations, slots, personas).join('\n'));
else await writeWindows(out, tokenizerFile as string, Number(count));

/** Every line once, slots filled with a few words each; the personas' own texts several times, since every prompt has them. */
function plainText(all: Conversation[], words: Slots, voices: Map<string, Persona>): string[] {
  const random = new Random(7);
  const filled = (text: string) => {
    const times = text.includes('{') ? 6 : 1;
    const drawn = () => Object.fromEntries(Object.entries(words).map(([slot, list]) => [slot, random.pick(list)]));
    return Array.from({ length: times }, () => fillSlots(text, drawn()));
  };
  const lines = all.flatMap(({ exchanges }) =>
    exchanges.flatMap(({ questions, answers }) => [...questions, ...answers].flatMap(filled)),
  );
  for (const { profile, examples, greeting } of voices.values())
    for (let i = 0; i < 5; i++) lines.push(profile, greeting, ...examples.flatMap(({ user, reply }) => [user, reply]));
  return random.shuffle(lines.flatMap((line) => line.split('\n')).filter((line) => line.trim() !== ''));
}

async function writeWindows(to: string, file: string, n: number): Promise<void> {
  const tokenizer = await openTokenizer(file);
  for (const [split, windows, size, seed] of [
    ['short', 4 * n, SHORT, 3],
    ['whole', n, WHOLE, 1],
    ['valid', 160, WHOLE, 2],
  ] as const) {
    const maker = new WindowMaker(tokenizer, slots, size);
    const random = new Random(seed);
    const sources = new Map<string, WindowSource>();
    for (const [id, persona] of personas)
      sources.set(id, {
        persona,
        conversations: conversations.filter((each) => each.persona === id),
        heldOut: 1,
        split,
      });
    const total = Object.fromEntries([...personas.keys()].map((id) => [id, SHARE[id] ?? OTHERS]));
    const files = ['tokens', 'weights'].map((kind) => openSync(join(to, `${split}.${kind}`), 'w'));
    const tokens = new Uint16Array(size);
    const weights = new Uint8Array(size);
    for (let i = 0; i < windows; i++) {
      maker.make(sources.get(choose(total, random)) as WindowSource, random, tokens, weights);
      writeSync(files[0] as number, tokens);
      writeSync(files[1] as number, weights);
      if (i % 200 === 0) process.stdout.write(`\r${split}: ${i + 1} of ${windows} windows`);
    }
    for (const each of files) closeSync(each);
    process.stdout.write(`\r${split}: ${windows} of ${windows} windows\n`);
  }
  writeFileSync(join(to, 'windows.json'), JSON.stringify({ short: SHORT, whole: WHOLE, valid: WHOLE }));
}

function choose(share: Record<string, number>, random: Random): string {
  let left = random.next() * Object.values(share).reduce((sum, each) => sum + each, 0);
  for (const [id, each] of Object.entries(share)) {
    left -= each;
    if (left <= 0) return id;
  }
  return Object.keys(share)[0] as string;
}
