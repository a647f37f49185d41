import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { SentencePieceProcessor } from '@sctg/sentencepiece-js';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import type { Tokenizer } from '../engine.ts';
import { PieceType, readModel, type SentencePieceModel } from './model.ts';
import { allBytes, bytesOf, decodeAsSentencePiece, textOf } from './surface.ts';
import { type Borders, bordersOf, isSpecial, plainRuns, SPACE, words } from './words.ts';

/** UTF-16 units of one word that are encoded at once: about 1 ms. */
const LIMIT = 1000;
/** How long `encodeLong` works before it lets others run, ms. */
const SLICE = 1;
/** Words that are remembered, and how long they may be. With them a text of everyday words costs a tenth. */
const WORDS = 16_384;
const WORD_LENGTH = 24;

/** The tokenizer of a SentencePiece model. The library (SentencePiece itself, as WebAssembly) encodes; pieces and decoding are our own. */
export class SentencePieceTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly bos: number;
  readonly eos: number;
  /** -1 when the model has none. */
  readonly pad: number;
  /** Ids that must never be drawn: control, unknown and unused pieces, and special ones such as `<|separator|>`. */
  readonly special: readonly number[];

  readonly #model: SentencePieceModel;
  readonly #library: SentencePieceProcessor;
  readonly #borders: Borders;
  /** Put before plain text, so that SentencePiece's own space lands before it and not before the text. */
  readonly #sentinel: string;
  /** How many tokens space and sentinel take. */
  readonly #skip: number;
  #marker: readonly number[] | undefined;
  readonly #words = new Map<string, readonly number[]>();

  /** Use `openTokenizer`. */
  constructor(model: SentencePieceModel, library: SentencePieceProcessor) {
    this.#model = model;
    this.#library = library;
    this.vocabSize = model.pieces.length;
    this.bos = model.bos;
    this.eos = model.eos;
    this.pad = model.pad;
    this.special = Array.from(model.types.keys()).filter((id) => isNeverDrawn(model, id));
    this.#borders = bordersOf(model, LIMIT);
    this.#sentinel = model.addDummyPrefix ? sentinelOf(model) : '';
    this.#skip = this.encode(this.#sentinel).length;
    if (model.byteFallback) {
      // U+2581 would come back as a space: it is spelled in bytes.
      this.#marker = ['<0xE2>', '<0x96>', '<0x81>'].map((piece) => model.pieces.indexOf(piece));
    }
  }

  encode(text: string): number[] {
    return this.#library.encodeIds(wellFormed(text));
  }

  /**
   * See `Tokenizer.encodePlain`. A lone surrogate becomes U+FFFD. Takes up to about 2 ms per 1,000 characters, less for words seen before:
   * for texts of more than about 2,000 characters use `encodeLong`, which gives the same tokens.
   */
  encodePlain(text: string): number[] {
    const tokens: number[] = [];
    for (const word of words(text, this.#borders)) tokens.push(...this.#word(word));
    return tokens;
  }

  /** `encodePlain` for texts of any length: lets the event loop run every 1 to 3 ms. */
  async encodeLong(text: string): Promise<number[]> {
    const tokens: number[] = [];
    let since = performance.now();
    for (const word of words(text, this.#borders)) {
      tokens.push(...this.#word(word));
      if (performance.now() - since < SLICE) continue;
      await setImmediate();
      since = performance.now();
    }
    return tokens;
  }

  /** Exactly what SentencePiece decodes: the space that `encode` puts before a text is taken away. For running text use `text`. */
  decode(tokens: readonly number[]): string {
    return decodeAsSentencePiece(this.#model, tokens);
  }

  /** The text of tokens that go on after others: a leading space stays. `text(encodePlain(a) ++ encodePlain(b))` is `a + b`. */
  text(tokens: readonly number[]): string {
    return textOf(this.#model, tokens);
  }

  bytes(token: number): Uint8Array {
    return bytesOf(this.#model, token);
  }

  /** What all tokens stand for, end to end: token t is bytes[ends[t - 1] .. ends[t]). */
  spelling(): { bytes: Uint8Array; ends: Uint32Array } {
    return allBytes(this.#model);
  }

  #word(word: string): readonly number[] {
    const known = this.#words.get(word);
    if (known) return known;
    const ids = plainRuns(wellFormed(word), this.#borders).flatMap((run) =>
      run === SPACE && this.#marker ? this.#marker : this.#library.encodeIds(this.#sentinel + run).slice(this.#skip),
    );
    if (word.length <= WORD_LENGTH) {
      if (this.#words.size === WORDS) this.#words.clear();
      this.#words.set(word, ids);
    }
    return ids;
  }
}

/**
 * Reads a tokenizer.model. Takes a few tenths of a second, in pieces of which the longest (SentencePiece's own reading) is a third of a
 * second for Grok-1's 131,072 pieces: open it at the start.
 * @throws WisecrackError WISECRACK_TOKENIZER_INVALID
 */
export async function openTokenizer(file: string): Promise<SentencePieceTokenizer> {
  try {
    const bytes = await readFile(file);
    // The library does not say when it cannot read a model: read it ourselves first.
    const model = readModel(bytes);
    await setImmediate();
    const library = new SentencePieceProcessor();
    await library.loadFromB64StringModel(bytes.toString('base64'));
    await setImmediate();
    const tokenizer = new SentencePieceTokenizer(model, library);
    await setImmediate();
    tokenizer.encodePlain(commonWords(model));
    return tokenizer;
  } catch (error) {
    throw new WisecrackError('WISECRACK_TOKENIZER_INVALID', { file, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * The words that the model's makers met most often. Encoding them once makes the first message as quick as the next:
 * the WebAssembly is compiled in tiers as it is used, and common words are remembered from then on.
 */
function commonWords(model: SentencePieceModel): string {
  const words = model.pieces.filter(
    (piece, id) => model.types[id] === PieceType.normal && /^\u2581\p{L}+$/u.test(piece),
  );
  return words.slice(0, 4000).join('').replaceAll(SPACE, ' ');
}

function isNeverDrawn(model: SentencePieceModel, id: number): boolean {
  const type = model.types[id];
  return type === PieceType.control || type === PieceType.unknown || type === PieceType.unused || isSpecial(model, id);
}

/** A character that SentencePiece never joins with what follows: a user-defined piece that no other user-defined piece begins with. */
function sentinelOf(model: SentencePieceModel): string {
  const defined = model.pieces.filter((_, id) => model.types[id] === PieceType.userDefined);
  const found = defined.find(
    (piece) => /^\S$/u.test(piece) && !defined.some((p) => p !== piece && p.startsWith(piece)),
  );
  if (found === undefined)
    throw new Error('no single character is a user-defined piece, so that plain text cannot be encoded');
  return found;
}

/** Lone surrogates cannot be written as UTF-8; left in, they swallow the character that follows. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
