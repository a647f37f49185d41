import { setTimeout as sleep } from 'node:timers/promises';
import type { End, Queue, ReplyEvent } from '../../queue/index.ts';

/** What becomes of a reply, as somebody who watches sees it. */
export type Update =
  /** It waits: place 1 is next. Only told when it waits for longer than a moment. */
  | { type: 'waiting'; position: number }
  /** The worker has begun; also told when another worker goes on with it. */
  | { type: 'begun'; persona: string; model: string }
  /** The reply has grown by `added`. */
  | { type: 'text'; text: string; added: string }
  /** It is over. When it failed, `apology` is what is to be shown after the text so far. */
  | (Omit<End, 'type'> & { type: 'end'; apology?: string });

/** How often the place in the queue is looked at, in ms. */
const LOOK_MS = 400;

/** Follows a reply. Its text comes whole and in order, whatever happens to workers. */
export async function* updatesOf(queue: Queue, jobId: string, signal?: AbortSignal): AsyncGenerator<Update, void> {
  const done = new AbortController();
  const either = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
  const events = queue.follow(jobId, { signal: either })[Symbol.asyncIterator]();
  let text = '';
  let position = 0;
  let begun = false;
  try {
    let next = events.next();
    for (;;) {
      const step = begun ? await next : await orNothing(next, LOOK_MS);
      if (step === undefined) {
        const now = await queue.position(jobId);
        if (now > 0 && now !== position) yield { type: 'waiting', position: now };
        position = now;
        continue;
      }
      if (step.done) return;
      begun = true;
      for (const update of readEvent(step.value, text)) {
        if (update.type === 'text') text = update.text;
        yield update;
      }
      if (step.value.type === 'end') return;
      next = events.next();
    }
  } finally {
    // Not `events.return()`: that would wait for an event that may never come.
    done.abort();
  }
}

function* readEvent(event: ReplyEvent, before: string): Generator<Update, void> {
  switch (event.type) {
    case 'start':
      yield { type: 'begun', persona: event.persona, model: event.model };
      return;
    case 'piece':
      if (event.text !== '') yield { type: 'text', text: before + event.text, added: event.text };
      return;
    case 'end': {
      const { id: _, ...end } = event;
      // What the end says is the truth; normally the pieces have said all of it.
      const rest = end.text.startsWith(before) ? end.text.slice(before.length) : '';
      if (end.finish === 'failed') {
        yield { ...end, apology: rest.trimStart() || end.text };
        return;
      }
      if (rest !== '') yield { type: 'text', text: end.text, added: rest };
      yield end;
    }
  }
}

/** What `promise` gives, or undefined when that takes longer than `ms`. */
async function orNothing<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  } finally {
    timer.abort();
  }
}
