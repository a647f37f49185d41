import type { Persona } from '../../personas/index.ts';
import type { HandlerContext, Job, Reply, Turn } from '../../queue/index.ts';
import type { Window, WindowTurn } from '../context/index.ts';
import type { Engine } from '../engine/index.ts';
import { answer } from '../worker/answer.ts';
import { Summaries } from '../worker/summaries.ts';
import { seenBy } from '../worker/turns.ts';
import { MemoryConversation } from './memory.ts';
import { type Call, Recorder } from './recorder.ts';
import { linesOf, type Script } from './script.ts';

export interface PlayOptions {
  readonly persona: Persona;
  readonly engine: Engine;
  readonly script: Script;
  /** Messages of people and of the persona together; half of them are answers. */
  readonly turns: number;
  /** Hears how many turns there are so far. */
  readonly onTurn?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** One answer, and all that led to it. */
export interface Exchange {
  readonly question: string;
  readonly reply: Reply;
  /** None when the question was refused without asking the model. */
  readonly window?: Window;
  /** The engine's calls: a second one where the first reply was none, or an old one. */
  readonly calls: readonly Call[];
}

export interface Played {
  readonly exchanges: readonly Exchange[];
  /** The whole conversation as the window sees it; the answer to exchange _i_ is turn 2 _i_ + 1. */
  readonly seen: readonly WindowTurn[];
  readonly summaries: { readonly made: number; readonly good: number };
  readonly seconds: number;
}

const CONVERSATION = 'eval:chat';

/** Plays a scripted conversation through the worker's own answers: window, drafts, refusals and summaries as in a real chat. */
export async function play(options: PlayOptions): Promise<Played> {
  const { persona, script, turns, onTurn, signal = new AbortController().signal } = options;
  const engine = new Recorder(options.engine);
  const conversation = new MemoryConversation();
  const personas = { has: (id: string) => id === persona.id, get: () => persona };
  const log = { info: () => {}, warn: () => {} };
  const summaries = new Summaries({ engine, conversations: conversation, log });
  const exchanges: Exchange[] = [];
  const begun = performance.now();
  try {
    for (const { author, name, text } of linesOf(script, persona.name, Math.ceil(turns / 2))) {
      signal.throwIfAborted();
      const id = `eval:${exchanges.length}`;
      const at = exchanges.length;
      conversation.turns.push({ id, role: 'user', author: { id: author, name }, text, at });
      let window: Window | undefined;
      const onWindow = (seen: Window) => {
        window = seen;
      };
      const reply = await answer(jobOf(id, persona, at), contextOf(conversation, signal), {
        ...{ engine, personas, summaries, onWindow },
      });
      // The next question comes after whatever is made behind this reply's back: so the same run gives the same figures.
      await summaries.settled();
      conversation.turns.push(turnOf(id, persona, reply.text, at));
      exchanges.push({ question: text, reply, calls: engine.take(), ...(window && { window }) });
      onTurn?.(conversation.turns.length);
    }
  } finally {
    await summaries.close();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { exchanges, seen: conversation.turns.map(seenBy(personas)), summaries: conversation.summaries, seconds };
}

/** The seed is the place in the conversation: the same run gives the same replies. */
function jobOf(id: string, persona: Persona, seed: number): Job {
  return {
    ...{ id, platform: 'console', conversation: CONVERSATION, turnId: id, persona: persona.id },
    ...{ locale: persona.language, seed, trace: 'eval', createdAt: 0 },
  };
}

function contextOf(conversation: MemoryConversation, signal: AbortSignal): HandlerContext {
  return {
    ...{ signal, conversation, resume: { tokens: [], text: '', attempt: 1 } },
    start: () => {},
    publish: async () => {},
  };
}

function turnOf(question: string, persona: Persona, text: string, at: number): Turn {
  return {
    ...{ id: `${question}:reply`, role: 'persona', author: { id: persona.id, name: persona.name }, text, at },
    ...{ persona: persona.id, replyTo: question },
  };
}
