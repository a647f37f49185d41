import type { Say, Update } from '../chat/index.ts';
import type { Screen } from './screen.ts';

/** Draws one reply as it grows. */
export class ReplyView {
  readonly #screen: Screen;
  readonly #our: Say;
  readonly #details: boolean;
  readonly #name: string;
  #speaking = false;

  /** @param details - show waiting and figures as well: a person watches. */
  constructor(screen: Screen, our: Say, name: string, details: boolean) {
    this.#screen = screen;
    this.#our = our;
    this.#name = name;
    this.#details = details;
  }

  show(update: Update): void {
    switch (update.type) {
      case 'waiting':
        this.#screen.status(this.#our('inQueue', { place: update.position }));
        return;
      case 'begun':
        if (!this.#speaking) this.#screen.status('...');
        return;
      case 'text':
        this.#say(update.added);
        return;
      case 'end':
        this.#end(update);
    }
  }

  #say(text: string): void {
    if (!this.#speaking) this.#screen.speaker(this.#name);
    this.#speaking = true;
    this.#screen.write(text);
  }

  #end({ finish, apology, error, figures }: Extract<Update, { type: 'end' }>): void {
    if (apology !== undefined) this.#say(this.#speaking ? `\n\n${apology}` : apology);
    if (this.#speaking) this.#screen.line();
    if (finish === 'cancelled') this.#screen.aside(this.#our('stopped'));
    else if (error) this.#screen.aside(`${error.code}: ${error.message}`);
    else if (this.#details) this.#screen.aside(this.#figures(figures));
  }

  #figures({ waitMs, firstTokenMs, tokensPerSecond }: Extract<Update, { type: 'end' }>['figures']): string {
    // What the person waited, not what the engine worked.
    const seconds = ((waitMs + firstTokenMs) / 1000).toFixed(1);
    if (tokensPerSecond === 0) return this.#our('seconds', { seconds });
    return this.#our('secondsAndSpeed', { seconds, speed: tokensPerSecond.toFixed(tokensPerSecond < 10 ? 1 : 0) });
  }
}
