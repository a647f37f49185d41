/**
 * Ends a text before the first phrase that it may not say, for servers that cannot keep a model from saying it. Case does not count, white
 * space matches white space, and what begins with a letter matches where a word begins: as in the native engine, which draws again instead.
 */
export class PhraseGuard {
  readonly #phrases: readonly string[];
  /** What is not given out yet, after `#before`. */
  #held = '';
  /** The last character that was given out. */
  #before = '';
  #hit = false;

  /** @param said - what the reply has said before */
  constructor(phrases: readonly string[], said = '') {
    this.#phrases = phrases.map(folded).filter((phrase) => phrase !== '');
    this.push(said);
  }

  /** Whether it came to one. Then nothing comes out any more. */
  get hit(): boolean {
    return this.#hit;
  }

  /** Takes the next text, gives out what can be part of no phrase. */
  push(text: string): string {
    if (this.#hit) return '';
    if (this.#phrases.length === 0) return text;
    this.#held += text;
    for (let at = 0; at < this.#held.length; at++) {
      const rest = folded(this.#held.slice(at));
      const candidates = this.#phrases.filter((phrase) => phrase[0] === rest[0] && this.#mayBegin(phrase, at));
      this.#hit = candidates.some((phrase) => rest.startsWith(phrase));
      if (this.#hit || candidates.some((phrase) => phrase.startsWith(rest))) return this.#give(at);
    }
    return this.#give(this.#held.length);
  }

  /** The text ends here: gives out what was held back. */
  end(): string {
    return this.#hit ? '' : this.#give(this.#held.length);
  }

  #give(end: number): string {
    const out = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    this.#before = out.at(-1) ?? this.#before;
    return out;
  }

  /** A word begins where no letter and no digit stands before. */
  #mayBegin(phrase: string, at: number): boolean {
    return !/^\p{L}/u.test(phrase) || !/[\p{L}\p{N}]/u.test(at === 0 ? this.#before : (this.#held[at - 1] ?? ''));
  }
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ');
}
