import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { type Persona, pickGreeting, resolvePersona } from '../../personas/index.ts';
import { answerCommand, type Chat, type Locale, parseCommand, sayIn, type Wish } from '../chat/index.ts';
import { Keyboard } from './keyboard.ts';
import { ReplyView } from './reply.ts';
import { type Output, Screen } from './screen.ts';

/** Where a console reads and writes. */
export interface ConsoleStreams {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: Output;
}

export interface ConsoleOptions extends Partial<ConsoleStreams> {
  chat: Chat;
  /** `console:<id>`. */
  conversation: string;
  locale: Locale;
  /** Ends the console as Ctrl-D does. */
  signal?: AbortSignal;
  /** What was typed before, newest first. */
  history?: string[];
  onHistory?: (history: string[]) => void;
}

const PROMPT = '> ';
/** Two Ctrl-C within this time leave, whatever else they would mean. */
const TWICE_MS = 1500;
/** How long leaving waits for a reply to be stopped. */
const STOP_MS = 1000;
/** What people type who want to leave and have not read anything. */
const leaving = /^(\/?(exit|quit)|:q)$/i;

/**
 * A conversation in a terminal, until the person leaves. Without a terminal each line of the input is a question, and it
 * ends when all are answered.
 */
export function runConsole(options: ConsoleOptions): Promise<void> {
  return new Console(options).run();
}

class Console {
  readonly #chat: Chat;
  readonly #conversation: string;
  readonly #locale: Locale;
  readonly #tty: boolean;
  readonly #screen: Screen;
  readonly #keyboard: Keyboard;
  /** Aborted when the person leaves: nothing is shown any more. */
  readonly #left = new AbortController();
  #lines: string[] = [];
  #ended = false;
  #replying = false;
  #interruptedAt = Number.NEGATIVE_INFINITY;
  #wake = () => {};

  constructor({ input = process.stdin, output = process.stdout, ...options }: ConsoleOptions) {
    this.#chat = options.chat;
    this.#conversation = options.conversation;
    this.#locale = options.locale;
    this.#tty = input.isTTY === true && output.isTTY === true;
    this.#screen = new Screen(output, output.isTTY === true);
    const { history, onHistory } = options;
    this.#keyboard = new Keyboard({
      ...{ input, output, tty: this.#tty, prompt: PROMPT },
      ...(history && { history }),
      ...(onHistory && { onHistory }),
    });
    this.#keyboard.onLine = (line) => this.#take(line);
    this.#keyboard.onInterrupt = (typed) => this.#interrupt(typed);
    this.#keyboard.onEnd = () => this.#end();
    if (options.signal?.aborted) this.#leave();
    options.signal?.addEventListener('abort', () => this.#leave(), { once: true, signal: this.#left.signal });
  }

  async run(): Promise<void> {
    try {
      if (this.#tty) await this.#greet();
      for (;;) {
        const line = await this.#nextLine();
        if (line === undefined) break;
        await this.#handle(line.trim()).catch((error) => this.#complain(error));
      }
    } finally {
      this.#leave();
      this.#keyboard.close();
      if (this.#replying) await Promise.race([this.#chat.stop(this.#conversation), sleep(STOP_MS)]);
    }
  }

  async #greet(): Promise<void> {
    const persona = await this.#chat.personaOf(this.#conversation);
    const count = await this.#chat.remembered(this.#conversation);
    const say = sayIn(this.#locale);
    this.#screen.aside(count > 0 ? `${say('keys')}\n${say('remembered', { count })}` : say('keys'));
    this.#speak(persona);
  }

  #speak(persona: Persona): void {
    const here = resolvePersona(persona, { platform: 'console', language: this.#locale });
    this.#screen.speaker(here.name);
    this.#screen.line(pickGreeting(here));
  }

  async #nextLine(): Promise<string | undefined> {
    if (this.#left.signal.aborted) return undefined;
    if (this.#lines.length === 0 && !this.#ended) {
      this.#keyboard.prompt();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    } else if (this.#tty && this.#lines.length > 0) {
      // It was typed unseen.
      this.#screen.line(`${PROMPT}${this.#lines[0]}`);
    }
    return this.#left.signal.aborted ? undefined : this.#lines.shift();
  }

  async #handle(text: string): Promise<void> {
    if (text === '') return;
    if (leaving.test(text)) return this.#leave();
    const command = parseCommand(text);
    if (!command) return this.#ask(text);
    const answer = await answerCommand(this.#chat, this.#conversation, command, this.#locale);
    if (answer.wish) return this.#wish(answer.wish);
    this.#screen.line(answer.text);
    if (answer.persona && this.#tty) this.#speak(answer.persona);
  }

  async #ask(text: string): Promise<void> {
    this.#replying = true;
    await this.#show(await this.#chat.say({ ...this.#by(), text }));
  }

  async #wish(wish: Wish): Promise<void> {
    this.#replying = true;
    const wished = await this.#chat.wish(wish, { ...this.#by(), say: sayIn(this.#locale) });
    if ('job' in wished) return this.#show(wished.job);
    this.#replying = false;
    this.#screen.line(wished.instead);
  }

  #by() {
    return { conversation: this.#conversation, author: { id: 'console', name: 'You' }, locale: this.#locale };
  }

  async #show(job: string): Promise<void> {
    const persona = await this.#chat.personaOf(this.#conversation);
    const view = new ReplyView(this.#screen, sayIn(this.#locale), persona.name, this.#tty);
    for await (const update of this.#chat.follow(job, this.#left.signal)) view.show(update);
    // Left in the middle: it is still to be stopped.
    this.#replying = this.#left.signal.aborted;
  }

  #take(line: string): void {
    // A stop must not wait for what it is to stop.
    if (this.#replying && parseCommand(line)?.name === 'stop') {
      this.#stop();
      return;
    }
    this.#lines.push(line);
    this.#wake();
  }

  #interrupt(typed: string): void {
    const twice = performance.now() - this.#interruptedAt < TWICE_MS;
    this.#interruptedAt = performance.now();
    if (twice) this.#leave();
    else if (this.#replying) this.#stop();
    else if (typed === '') this.#leave();
    else this.#keyboard.clear();
  }

  /** Stops the reply, and drops what was typed to be asked after it. */
  #stop(): void {
    this.#lines = [];
    this.#chat.stop(this.#conversation).catch((error) => this.#complain(error));
  }

  /** A person who ends the input leaves; a pipe that ends wants the answers to what it has asked. */
  #end(): void {
    this.#ended = true;
    if (this.#tty) this.#leave();
    else this.#wake();
  }

  #leave(): void {
    if (this.#left.signal.aborted) return;
    this.#left.abort();
    if (this.#tty) this.#screen.line();
    this.#wake();
  }

  #complain(error: unknown): void {
    this.#replying = false;
    const mend = error instanceof WisecrackError ? ` ${error.mend}` : '';
    this.#screen.aside(`${sayIn(this.#locale)('notConnected')}: ${reasonOf(error)}.${mend}`);
  }
}
