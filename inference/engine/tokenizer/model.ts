import { type Field, readFields } from './protobuf.ts';

/** The kinds of pieces, numbered as in sentencepiece_model.proto. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** What is in a tokenizer.model, as far as we need to know it beside the library that encodes with it. */
export interface SentencePieceModel {
  /** The pieces by id, as written in the file: U+2581 stands for a space. */
  pieces: string[];
  /** A `PieceType` by id. */
  types: Uint8Array;
  unk: number;
  bos: number;
  eos: number;
  /** -1 when there is none. */
  pad: number;
  /** What an unknown piece is shown as. */
  unkSurface: string;
  byteFallback: boolean;
  /** A space is put before the text, and taken away again when it is decoded. */
  addDummyPrefix: boolean;
  /** The name of the normaliser: "identity" changes nothing. */
  normalizer: string;
}

/**
 * Reads a SentencePiece ModelProto.
 * @throws Error that says what is wrong with it.
 */
export function readModel(file: Uint8Array): SentencePieceModel {
  const pieces: string[] = [];
  const types: number[] = [];
  // These are the defaults of sentencepiece_model.proto: a field that has its default may be missing.
  const model = {
    ...{ unk: 0, bos: 1, eos: 2, pad: -1, unkSurface: ' \u2047 ', byteFallback: false },
    ...{ addDummyPrefix: true, normalizer: 'identity' },
  };
  // Several times as fast as a TextDecoder for texts of a few bytes.
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.length);
  const text = ({ start, end }: Field) => buffer.toString('utf8', start, end);
  let piece = '';
  let type = 1;
  const visitPiece = (field: Field) => {
    if (field.number === 1) piece = text(field);
    else if (field.number === 3) type = field.value;
  };

  readFields(file, ({ number, start, end }) => {
    if (number === 1) {
      piece = '';
      type = PieceType.normal;
      readFields(file, visitPiece, start, end);
      pieces.push(piece);
      types.push(type);
    } else if (number === 2) {
      const visitTrainer = (field: Field) => {
        if (field.number === 24 && field.value !== 0)
          throw new Error('it marks spaces after words, which is not supported');
        if (field.number === 35) model.byteFallback = field.value !== 0;
        else if (field.number === 40) model.unk = field.value;
        else if (field.number === 41) model.bos = field.value;
        else if (field.number === 42) model.eos = field.value;
        else if (field.number === 43) model.pad = field.value;
        else if (field.number === 44) model.unkSurface = text(field);
      };
      readFields(file, visitTrainer, start, end);
    } else if (number === 3) {
      const visitNormalizer = (field: Field) => {
        if (field.number === 1) model.normalizer = text(field);
        else if (field.number === 3) model.addDummyPrefix = field.value !== 0;
      };
      readFields(file, visitNormalizer, start, end);
    }
  });
  if (pieces.length === 0) throw new Error('it holds no pieces');
  return { ...model, pieces, types: Uint8Array.from(types) };
}
