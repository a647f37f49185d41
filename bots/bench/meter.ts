import { afterRequest, type Budget, defaultPace, dueAt, freshBudget } from '../chat/delivery/pace.ts';
import { type Place, type Surface, SurfaceError, type View } from '../chat/surface.ts';

/** What is measured of one question. Times are of `performance.now()`. */
interface Question {
  readonly askedAt: number;
  /** When the reply had grown to this length. */
  readonly grown: { readonly length: number; readonly at: number }[];
  endedAt: number;
  shown: number;
  answered: () => void;
}

/** Takes the times of questions on their way: from message to job, and from token to edit. */
export class Meter {
  /** From the message to its job in the queue, in ms. */
  readonly toJob: number[] = [];
  /** From the first token that is not shown, or from when the budget allows an edit if that is later, to the edit, in ms. */
  readonly toEdit: number[] = [];
  readonly #questions = new Map<string, Question>();
  /** By channel; none where a 429 has made it unknown. */
  readonly #budgets = new Map<string, Budget | undefined>();

  /** @returns what resolves when the whole reply has been shown. */
  asked(jobId: string, askedAt: number): Promise<void> {
    return new Promise((answered) => {
      this.#questions.set(jobId, { askedAt, grown: [], endedAt: Number.POSITIVE_INFINITY, shown: 0, answered });
    });
  }

  submitted(jobId: string): void {
    const question = this.#questions.get(jobId);
    if (question) this.toJob.push(performance.now() - question.askedAt);
  }

  grew(jobId: string, length: number): void {
    this.#questions.get(jobId)?.grown.push({ length, at: performance.now() });
  }

  ended(jobId: string): void {
    const question = this.#questions.get(jobId);
    if (question) question.endedAt = performance.now();
  }

  /** The surface, with its requests measured. */
  on(surface: Surface): Surface {
    return {
      platform: surface.platform,
      limit: surface.limit,
      measure: (text) => surface.measure(text),
      gapMs: (place) => surface.gapMs?.(place),
      send: (place, view, nonce, signal) =>
        this.#request(surface, place, view, 'send', () => surface.send(place, view, nonce, signal)),
      edit: (place, message, view, signal) =>
        this.#request(surface, place, view, 'edit', () => surface.edit(place, message, view, signal)),
      remove: (place, message) => surface.remove(place, message),
      find: (place, view, nonce) => surface.find(place, view, nonce),
      typing: (place) => surface.typing(place),
    };
  }

  async #request<Value>(
    surface: Surface,
    place: Place,
    view: View,
    how: 'send' | 'edit',
    act: () => Promise<Value>,
  ): Promise<Value> {
    const now = performance.now();
    const { channel } = place;
    const pace = { ...defaultPace, gapMs: surface.gapMs?.(place) ?? defaultPace.gapMs };
    const budget = this.#budgets.has(channel) ? this.#budgets.get(channel) : freshBudget(pace);
    const question = this.#questions.get(view.jobId);
    const isLast = !view.buttons.includes('stop');
    // A first message waits for a sentence on purpose.
    if (question && budget && how === 'edit') {
      const since = isLast ? question.endedAt : firstAfter(question);
      if (since !== undefined) this.toEdit.push(now - Math.max(since, dueAt(budget, isLast ? 'must' : 'frame')));
    }
    if (question) question.shown = view.text.trimEnd().length;
    try {
      const answer = await act();
      // The budget after a 429 is slower for some time, by a chance that we do not know.
      if (budget) this.#budgets.set(channel, afterRequest(budget, performance.now(), pace));
      if (question && isLast) this.#done(view.jobId, question);
      return answer;
    } catch (error) {
      if (error instanceof SurfaceError && error.problem === 'limited') this.#budgets.set(channel, undefined);
      throw error;
    }
  }

  #done(jobId: string, question: Question): void {
    this.#questions.delete(jobId);
    question.answered();
  }
}

/** When the first token came that has not been shown. */
function firstAfter({ grown, shown }: Question): number | undefined {
  return grown.find(({ length }) => length > shown)?.at;
}
