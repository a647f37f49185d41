import type { Finish } from '../../../queue/index.ts';
import { healMarkdown, takeOutFiles } from '../split/index.ts';
import type { Surface, View } from '../surface.ts';
import { buttonsAfter, type OpenSplitter, type TextSplitter, type Wanted } from './view.ts';

/** What one reply looks like as messages. */
export class Shape {
  /** The platform has refused it once: as little as possible is asked for. */
  plain = false;
  /** The platform takes no files here. */
  fileless = false;
  readonly #surface: Surface;
  readonly #as: Pick<View, 'jobId' | 'persona'>;
  readonly #splitter: TextSplitter;

  /** @param as - what all of its messages have. */
  constructor(surface: Surface, as: Pick<View, 'jobId' | 'persona'>, openSplitter: OpenSplitter) {
    this.#surface = surface;
    this.#as = as;
    this.#splitter = openSplitter({ limit: surface.limit, measure: (text) => surface.measure(text) });
  }

  /** The messages as they should be. @param finish - how it has ended; undefined while it grows. */
  messagesOf(text: string, finish: Finish | undefined): Wanted[] {
    const growing = finish === undefined;
    const asFiles = this.#surface.files && !this.fileless;
    const { text: rest, files } = asFiles ? takeOutFiles(text, this.#surface.limit) : { text, files: [] };
    const parts = [...this.#splitter.update(rest, { ended: !growing })];
    // A message cannot be empty; only the space after the last word can make one so.
    while (parts.at(-1)?.text.trim() === '') parts.pop();
    const buttons = growing ? (['stop'] as const) : buttonsAfter(finish);
    const wanted = parts.map((part, at) => {
      const last = at === parts.length - 1;
      const view = {
        text: this.plain ? this.#healed(part.text) : part.text,
        buttons: last && !this.plain ? buttons : [],
        ...this.#as,
      };
      return { view, final: !growing || (part.final && !last) };
    });
    // A file is sent when it is whole, and last of all: nothing that comes before it then changes its place.
    if (growing) return wanted;
    const sent = files.map((file) => ({ text: file.name, buttons: [], file, ...this.#as }));
    return [...wanted, ...sent.map((view) => ({ view, final: true }))];
  }

  /** With everything closed that the persona left open, unless that makes it too long. */
  #healed(text: string): string {
    const { limit } = this.#surface;
    const healed = healMarkdown(text, limit);
    return healed.trim() !== '' && this.#surface.measure(healed) <= limit ? healed : text;
  }
}
