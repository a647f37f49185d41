/** When requests are due: pure, so that it can be tested with any clock. All times are in ms. */
export interface Pace {
  /** Between two edits of one channel. Discord takes 5 requests in 5 s: 1.25 s and one ahead of time stay below that. */
  readonly gapMs: number;
  /** What the gap may grow to after 429s. */
  readonly longestGapMs: number;
  /** The first text is shown after a sentence, or this long after it began. */
  readonly firstMs: number;
  /** How long somebody waits before being told of it. */
  readonly patienceMs: number;
  readonly typingMs: number;
  /** How long nobody hears of a job before we stop pretending to type. */
  readonly longestTypingMs: number;
  /** Before the second try when the platform is away; doubles up to `longestRetryMs`. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** How long after its end a reply is still tried to be delivered. */
  readonly giveUpMs: number;
  /** After this long without an answer the outcome of a request is unknown. */
  readonly requestMs: number;
}

export const defaultPace: Pace = {
  gapMs: 1250,
  longestGapMs: 10_000,
  firstMs: 1000,
  patienceMs: 2000,
  typingMs: 8000,
  longestTypingMs: 10 * 60 * 1000,
  retryMs: 1000,
  longestRetryMs: 30_000,
  giveUpMs: 24 * 60 * 60 * 1000,
  requestMs: 30_000,
};

/** A frame shows some more of a growing text and may be left out; what must be may come one gap early. */
export type Kind = 'frame' | 'must';

/** What a channel may do when. */
export interface Budget {
  /** When the next frame is due; requests that came early push it further. */
  readonly frameAt: number;
  /** Nothing at all before this. */
  readonly coolUntil: number;
  readonly gapMs: number;
}

export const freshBudget = ({ gapMs }: Pace): Budget => ({ frameAt: 0, coolUntil: 0, gapMs });

/** When a request of this kind may be made. */
export function dueAt(budget: Budget, kind: Kind): number {
  return Math.max(budget.coolUntil, kind === 'must' ? budget.frameAt - budget.gapMs : budget.frameAt);
}

/** After a request was answered: counted from the answer, so that requests arrive no closer than they were answered. */
export function afterRequest(budget: Budget, now: number, pace: Pace): Budget {
  const frameAt = Math.max(budget.frameAt, now) + budget.gapMs;
  // Recovers slowly: about 20 requests to half the excess.
  return { ...budget, frameAt, gapMs: pace.gapMs + (budget.gapMs - pace.gapMs) * 0.966 };
}

/** After a 429: the whole channel is silent for as long as it was told, and some jitter; then it is slower. */
export function afterLimit(budget: Budget, now: number, retryAfterMs: number, pace: Pace, random: number): Budget {
  const jitter = 50 + random * Math.min(1000, 200 + retryAfterMs / 10);
  const coolUntil = Math.max(budget.coolUntil, now + Math.max(0, retryAfterMs) + jitter);
  const gapMs = Math.min(Math.max(pace.longestGapMs, pace.gapMs), Math.max(budget.gapMs, pace.gapMs) * 1.5);
  // What must be may go as soon as it is over, and nothing that was saved up goes with it.
  return { coolUntil, gapMs, frameAt: Math.max(budget.frameAt, coolUntil) };
}

/** When a text that has never been shown is due: at once when it has a whole sentence. */
export function firstAt(text: string, beganAt: number, { firstMs }: Pace): number {
  return hasSentence(text) ? 0 : beganAt + firstMs;
}

/** Whether something may be read already without waiting for its end. */
export function hasSentence(text: string): boolean {
  return /\S[.!?…]["'”’)\]*_]*\s|[。！？]|\S\s*\n/u.test(text);
}

/** How long to wait before the next try, after so many failures. */
export function retryAfter(failures: number, { retryMs, longestRetryMs }: Pace, random: number): number {
  const full = Math.min(longestRetryMs, retryMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  // Never the same for all: replies that failed together would come back together.
  return full * (0.75 + random * 0.25);
}
