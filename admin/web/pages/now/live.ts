import { batch, type Signal, signal } from '@preact/signals';
import type { RunningReply, Snapshot } from '../../../api/index.ts';
import { perFrame } from '../../api/frames.ts';
import { listen, type Named } from '../../api/stream.ts';
import type { Events, StreamOf } from '../../api/types.ts';

type Event = Named<Events<StreamOf<'/api/now/events'>>>;
type Finish = Extract<Event, { name: 'end' }>['data']['finish'];

/** A running reply; what grows is a signal of its own, so that a token draws one text node and nothing else. */
export interface Live {
  reply: RunningReply;
  text: Signal<string>;
  tokens: Signal<number>;
  state: Signal<RunningReply['state'] | Finish>;
}

/** What is on the first screen. */
export const snapshot = signal<Snapshot | undefined>(undefined);
export const replies = signal<readonly Live[]>([]);
/** Undefined until the connection stood once. */
export const connected = signal<boolean | undefined>(undefined);

/** As much of a reply's end as can be seen. */
const TAIL = 400;
/** How long a reply stays in its place after its end. */
const STAYS_MS = 4000;

/** Keeps the signals above fresh until the returned function is called. */
export function watchNow(): () => void {
  const frames = perFrame<Event>((events) => batch(() => events.forEach(take)));
  const end = listen(
    '/api/now/events',
    {},
    {
      names: ['snapshot', 'replies', 'reply', 'text', 'end'],
      onEvent: frames.add,
      onState: (live) => {
        connected.value = live;
      },
    },
  );
  return () => {
    end();
    frames.stop();
  };
}

function take({ name, data }: Event): void {
  if (name === 'snapshot') snapshot.value = data;
  else if (name === 'replies') replies.value = data.map(live);
  else if (name === 'reply') seen(data);
  else if (name === 'text') grow(data.jobId, data.text ?? '', data.tokens);
  else ended(data.jobId, data.finish);
}

const find = (jobId: string) => replies.value.find((it) => it.reply.jobId === jobId);

const live = (reply: RunningReply): Live => ({
  reply,
  text: signal((reply.text ?? '').slice(-TAIL)),
  tokens: signal(reply.tokens),
  state: signal(reply.state),
});

function seen(reply: RunningReply): void {
  const known = find(reply.jobId);
  if (!known) replies.value = [...replies.value, live(reply)];
  else {
    known.state.value = reply.state;
    known.tokens.value = reply.tokens;
    if (reply.text !== null) known.text.value = reply.text.slice(-TAIL);
  }
}

function grow(jobId: string, text: string, tokens: number): void {
  const known = find(jobId);
  if (!known) return;
  known.text.value = (known.text.value + text).slice(-TAIL);
  known.tokens.value = tokens;
  if (known.state.value === 'waiting') known.state.value = 'running';
}

function ended(jobId: string, finish: Finish): void {
  const known = find(jobId);
  if (!known) return;
  known.state.value = finish;
  setTimeout(() => {
    replies.value = replies.value.filter((it) => it !== known);
  }, STAYS_MS);
}
