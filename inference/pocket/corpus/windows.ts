import type { Persona } from '../../../personas/index.ts';
import { budgetsFor, encodeParts, renderStatic, renderTurn } from '../../context/index.ts';
import type { Tokenizer } from '../../engine/engine.ts';
import { copiesIn } from './copies.ts';
import { asTyped, someAlias, someName } from './noise.ts';
import type { Random } from './random.ts';
import { type Conversation, type Exchange, fillSlots, type Slots } from './text.ts';

/** Loss weights, of 255: the model is there to answer; how people ask matters little, and the static part is always given. */
const weights = { static: 0, userName: 0, question: 25, personaName: 25, answer: 255 } as const;

export interface WindowSource {
  persona: Persona;
  conversations: Conversation[];
  /** How many of a question's phrasings, from the end, are kept for validation; those with three or fewer keep all. */
  heldOut: number;
  /** `short` windows have no static part: the persona's name before each answer is all that tells whose voice it is. */
  split: 'short' | 'whole' | 'valid';
}

/** Makes windows of `size` tokens exactly as the context lays them out: static part, then one chat of many exchanges. */
export class WindowMaker {
  readonly #tokenizer: Tokenizer;
  readonly #slots: Slots;
  readonly #size: number;
  readonly #encoded = new Map<string, number[]>();
  readonly #decks = new Map<WindowSource, Conversation[]>();

  constructor(tokenizer: Tokenizer, slots: Slots, size: number) {
    this.#tokenizer = tokenizer;
    this.#slots = slots;
    this.#size = size;
  }

  /** Fills `tokens` and `lossWeights`, both of the window's size. */
  make(source: WindowSource, random: Random, tokens: Uint16Array, lossWeights: Uint8Array): void {
    let at = 0;
    const add = (ids: readonly number[], weight: number) => {
      for (const id of ids.slice(0, this.#size - at)) {
        tokens[at] = id;
        lossWeights[at++] = weight;
      }
    };
    const persona = source.split === 'whole' ? this.#varied(source, random) : source.persona;
    if (source.split !== 'short') {
      const budget = budgetsFor(this.#size).static;
      add(renderStatic(persona, this.#tokenizer, budget).tokens, weights.static);
    }
    const people = Array.from({ length: 1 + random.below(3) }, () => someName(random));
    while (at < this.#size) {
      const words = this.#words(random);
      const user = random.pick(people);
      const { exchanges } = this.#draw(source, random);
      for (const exchange of source.split === 'valid' ? exchanges.slice(0, 1) : exchanges) {
        const question = fillSlots(this.#question(source, exchange, random), words);
        const typed = source.split === 'valid' ? question : asTyped(question, persona.name, random);
        const [userHead, userBody] = renderTurn(user, typed);
        const [head, body] = renderTurn(persona.name, fillSlots(random.pick(exchange.answers), words));
        const valid = source.split === 'valid';
        add(this.#encode(userHead), valid ? 0 : weights.userName);
        add(this.#encode(userBody), valid ? 0 : weights.question);
        add(this.#encode(head), valid ? 0 : weights.personaName);
        add(this.#encode(body), weights.answer);
      }
    }
  }

  /** The persona as it is in half of the windows; else with other examples of its own voice, and now and then another name. */
  #varied(source: WindowSource, random: Random): Persona {
    const { persona } = source;
    if (random.chance(0.5)) return persona;
    const extra = Array.from({ length: random.below(4) }, () => {
      const exchange = this.#draw(source, random).exchanges[0] as Exchange;
      const words = this.#words(random);
      const user = fillSlots(this.#question(source, exchange, random), words);
      return { user, reply: fillSlots(random.pick(exchange.answers), words) };
    });
    const own = random.shuffle([...persona.examples]).slice(0, random.below(4));
    const name = random.chance(0.2) ? someAlias(random) : persona.name;
    return {
      ...persona,
      name,
      profile: persona.profile.replaceAll(persona.name, name),
      examples: random.shuffle([...extra, ...own]),
    };
  }

  #question(source: WindowSource, { questions }: Exchange, random: Random): string {
    const held = questions.length > 3 ? source.heldOut : 0;
    const kept = questions.length - held;
    return random.pick(source.split === 'valid' ? questions.slice(kept) : questions.slice(0, kept));
  }

  /** Conversations in random order, all of them before one comes again; those with many answers come more often. */
  #draw(source: WindowSource, random: Random): Conversation {
    let deck = this.#decks.get(source);
    if (!deck || deck.length === 0) {
      const usable = source.split === 'valid' ? source.conversations.filter(hasHeldOut) : source.conversations;
      const copies = copiesIn(usable);
      deck = random.shuffle(usable.flatMap((each) => Array.from({ length: copies(each) }, () => each)));
      this.#decks.set(source, deck);
    }
    return deck.pop() as Conversation;
  }

  #words(random: Random): Record<string, string> {
    return Object.fromEntries(Object.entries(this.#slots).map(([slot, words]) => [slot, random.pick(words)]));
  }

  #encode(text: string): number[] {
    let ids = this.#encoded.get(text);
    if (!ids) {
      ids = encodeParts(this.#tokenizer, [text]);
      this.#encoded.set(text, ids);
    }
    return ids;
  }
}

const hasHeldOut = ({ exchanges }: Conversation): boolean => (exchanges[0]?.questions.length ?? 0) > 3;
