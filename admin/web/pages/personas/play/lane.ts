import { batch, type Signal, signal } from '@preact/signals';
import type { Draft, PlayTurn, SamplingOverride } from '../../../../api/index.ts';
import { post } from '../../../api/client.ts';
import { failureText } from '../../../api/failures.ts';
import { perFrame } from '../../../api/frames.ts';
import { messageOf } from '../../../api/problem.ts';
import { listen, type Named } from '../../../api/stream.ts';
import type { Events, StreamOf } from '../../../api/types.ts';

type Event = Named<Events<StreamOf<'/api/playground/:jobId/events'>>>;
export type Token = Extract<Event, { name: 'piece' }>['data']['tokens'][number];
export type End = Extract<Event, { name: 'end' }>['data'];

/** One exchange of a lane. */
export interface Exchange {
  question: string;
  state: Signal<'waiting' | 'running' | 'over'>;
  text: Signal<string>;
  tokens: Signal<readonly Token[]>;
  end: Signal<End | undefined>;
  error: Signal<string>;
  jobId: Signal<string | undefined>;
  /** Stops to listen. */
  leave: () => void;
}

/** Who answers and how. */
export interface Ask {
  id: string;
  draft: Draft;
  name: string;
  sampling: SamplingOverride;
  maxTokens?: number;
  seed?: number;
}

/** The exchanges as the server wants them. */
export const turnsOf = (exchanges: readonly Exchange[], you: string, name: string): PlayTurn[] =>
  exchanges.flatMap(({ question, text }): PlayTurn[] => [
    { role: 'user', name: you, text: question },
    ...(text.value.trim() === '' ? [] : [{ role: 'persona' as const, name, text: text.value }]),
  ]);

/** Asks, and fills an exchange with the answer as it grows. */
export function exchange(before: readonly Exchange[], you: string, question: string, ask: Ask): Exchange {
  const made: Exchange = {
    question,
    state: signal('waiting'),
    text: signal(''),
    tokens: signal([]),
    end: signal(undefined),
    error: signal(''),
    jobId: signal(undefined),
    leave: () => {
      left = true;
    },
  };
  let left = false;
  const run = async () => {
    const { id, draft, name, sampling, maxTokens, seed } = ask;
    const turns: PlayTurn[] = [...turnsOf(before, you, name), { role: 'user', name: you, text: question }];
    const body = { draft, turns, sampling, ...(maxTokens && { maxTokens }), ...(seed !== undefined && { seed }) };
    const { jobId } = await post('/api/playground/:id', { params: { id }, body });
    made.jobId.value = jobId;
    if (!left) made.leave = follow(jobId, made);
  };
  run().catch((error) => {
    made.error.value = messageOf(error);
    made.state.value = 'over';
  });
  return made;
}

function follow(jobId: string, made: Exchange): () => void {
  const frames = perFrame<Event>((events) => batch(() => events.forEach(take)));
  const take = ({ name, data }: Event) => {
    if (name === 'start') made.state.value = 'running';
    else if (name === 'piece') {
      made.text.value += data.text;
      made.tokens.value = [...made.tokens.value, ...data.tokens];
      made.state.value = 'running';
    } else {
      // What counts is the whole text at the end: it may be shorter than what was shown.
      made.text.value = data.text;
      made.end.value = data;
      made.state.value = 'over';
      if (data.error) made.error.value = failureText(data.error);
      leave();
    }
  };
  const end = listen(
    '/api/playground/:jobId/events',
    { params: { jobId } },
    {
      names: ['start', 'piece', 'end'],
      onEvent: frames.add,
    },
  );
  const leave = () => {
    end();
    frames.stop();
  };
  return leave;
}
