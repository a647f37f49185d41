import { PieceType, type SentencePieceModel } from './model.ts';
import { SPACE } from './words.ts';

const ENCODER = new TextEncoder();
const EMPTY = new Uint8Array(0);

/** The bytes that a token stands for in running text: none for a control piece, one for a byte piece. */
export function bytesOf(model: SentencePieceModel, token: number): Uint8Array {
  const piece = model.pieces[token];
  if (piece === undefined) throw new RangeError(`token ${token} is not in the vocabulary of ${model.pieces.length}`);
  switch (model.types[token]) {
    case PieceType.control:
      return EMPTY;
    case PieceType.unknown:
      return ENCODER.encode(model.unkSurface);
    case PieceType.byte:
      return Uint8Array.of(Number.parseInt(piece.slice(1, -1), 16));
    default:
      return ENCODER.encode(piece.replaceAll(SPACE, ' '));
  }
}

/** What all tokens stand for, end to end: token t is bytes[ends[t - 1] .. ends[t]). */
export function allBytes(model: SentencePieceModel): { bytes: Uint8Array; ends: Uint32Array } {
  // Pieces that follow each other become bytes together: one call for each takes several times as long.
  const parts: Uint8Array[] = [];
  const ends = new Uint32Array(model.pieces.length);
  let texts: string[] = [];
  let end = 0;
  const flush = () => {
    parts.push(ENCODER.encode(texts.join('')));
    texts = [];
  };
  for (const [id, piece] of model.pieces.entries()) {
    const type = model.types[id];
    if (type === PieceType.normal || type === PieceType.userDefined) {
      const text = piece.replaceAll(SPACE, ' ');
      texts.push(text);
      end += Buffer.byteLength(text);
    } else {
      flush();
      const bytes = bytesOf(model, id);
      parts.push(bytes);
      end += bytes.length;
    }
    ends[id] = end;
  }
  flush();
  return { bytes: Buffer.concat(parts), ends };
}

/** The text of tokens as running text: nothing is stripped, bytes that are no UTF-8 become U+FFFD. */
export function textOf(model: SentencePieceModel, tokens: readonly number[]): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Buffer.concat(tokens.map((token) => bytesOf(model, token))),
  );
}

/**
 * The text of tokens exactly as SentencePiece decodes them: the space that it put before the text is taken away again, and each byte of
 * a run of byte pieces that is no UTF-8 becomes a U+FFFD of its own.
 */
export function decodeAsSentencePiece(model: SentencePieceModel, tokens: readonly number[]): string {
  let text = '';
  let run: number[] = [];
  let atStart = model.addDummyPrefix;
  for (const token of tokens) {
    const bytes = bytesOf(model, token);
    if (model.types[token] === PieceType.byte) {
      run.push(...bytes);
      continue;
    }
    text += decodeRun(run);
    run = [];
    if (bytes.length === 0) continue;
    const stripped = atStart && text === '' && model.pieces[token]?.startsWith(SPACE);
    text += LENIENT.decode(stripped ? bytes.subarray(1) : bytes);
    atStart = false;
  }
  return text + decodeRun(run);
}

const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function decodeRun(run: readonly number[]): string {
  let text = '';
  for (let at = 0; at < run.length; ) {
    const lead = run[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      // One character only: what follows may be broken.
      text += STRICT.decode(Uint8Array.from(run.slice(at, at + length)));
      at += length;
    } catch {
      text += '\ufffd';
      at += 1;
    }
  }
  return text;
}
