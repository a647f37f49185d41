import type { Styled } from './entities.ts';

/** Breaks a mention without being seen: U+2060 WORD JOINER. */
const BREAK = '\u2060';

const mentionStart = /(?<!\w)@(?=\w)/g;

/** Text without what Telegram would refuse or take out: control characters and halves of surrogate pairs. */
export function wellFormed(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, '').replace(/\p{Surrogate}/gu, '\ufffd');
}

/**
 * Text in which no `@name` notifies anybody: between `@` and a name that follows it stands an invisible character, so that
 * Telegram sees none. Mail addresses stay.
 */
export function withoutPings(text: string): string {
  return text.replace(mentionStart, `@${BREAK}`);
}

/** What is being rendered: text, and the looks of its stretches. */
export class Page {
  #text = '';
  /** Its last two characters: to look at the end of the whole text each time would take long. */
  #tail = '';
  readonly styles: Styled[] = [];

  get text(): string {
    return this.#text;
  }

  get length(): number {
    return this.#text.length;
  }

  say(text: string): void {
    this.#add(text.replace(mentionStart, (at, place: number) => (place === 0 && this.#inWord ? at : `@${BREAK}`)));
  }

  /** In code Telegram sees no mentions, and people copy it: it stays as it is. */
  sayCode(text: string): void {
    this.#add(text);
  }

  get #inWord(): boolean {
    return /\w$/.test(this.#tail);
  }

  #add(text: string): void {
    // `@**name**` is a mention too, once the marks are gone.
    const shown = /(?<!\w)@$/.test(this.#tail) && /^\w/.test(text) ? BREAK + text : text;
    this.#text += shown;
    this.#tail = (this.#tail + shown).slice(-2);
  }

  style(styled: Styled): void {
    this.styles.push(styled);
  }

  /** What `write` adds gets a look. */
  styled(look: Omit<Styled, 'start' | 'end'>, write: () => void): void {
    const start = this.length;
    write();
    this.style({ ...look, start, end: this.length });
  }
}
