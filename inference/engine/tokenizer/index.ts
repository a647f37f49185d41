/** Text to tokens and back, by a model's own SentencePiece file. For what needs no engine. */
export { openTokenizer, type SentencePieceTokenizer } from './tokenizer.ts';
