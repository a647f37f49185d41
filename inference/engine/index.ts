/**
 * Runs a model: prompt tokens in, a reply out, piece by piece.
 *
 *     const engine = await openNative({ folder, activations: 'bf16', threads: 0, maxSequences: 8, context: 0 });
 *     const prompt = engine.tokenizer.encode('Why did the chicken cross the road?');
 *     for await (const { text, finish } of engine.generate({ prompt, ...request }, signal)) show(text);
 *     await engine.close();
 *
 * engine.ts    the `Engine` interface: all that the worker knows. Another driver is another folder that implements it
 * native/      the driver of our own kernels; addon.ts is what it asks of the C++ in inference/native
 * remote/      the driver of servers that run the model already: vLLM, SGLang, llama.cpp server
 * shape.ts     the sizes of a model, from its config.json
 * tokenizer/   text to tokens and back, by the model's own SentencePiece file
 * decoder.ts   tokens to text while they stream, never half a character
 * stop.ts      ends a streamed text before a stop string, never shows part of one
 * verify/      how far the engine is from golden vectors (`wisecrack verify`)
 * convert.ts   writes a model as files that the engine maps (`wisecrack convert`)
 * check.ts     compares its files with their checksums (`wisecrack verify --checksums`)
 * rehearse/    a model of Grok-1's true shape with random weights, from its files to its logits (`wisecrack rehearse`)
 * bench/       how far it is from what the machine allows (`wisecrack bench`)
 */
export type {
  Activations,
  Addon,
  CheckedFiles,
  EngineStats,
  ModelConfig,
  Offload,
  Priority,
  Sampling,
} from './addon.ts';
export {
  type BenchOptions,
  benchEngine,
  makeInt8,
  makeModel,
  PARTS,
  type Part,
  shapes,
  soakEngine,
  stretchModel,
} from './bench/index.ts';
export { checkModel } from './check.ts';
export { type ConvertRun, convertModel } from './convert.ts';
export { TokenDecoder } from './decoder.ts';
export type { Engine, Finish, GenerateRequest, Piece, TokenChance, Tokenizer } from './engine.ts';
export { checkDevice } from './native/device.ts';
export { NativeEngine } from './native/engine.ts';
export { loadAddon } from './native/load.ts';
export { type NativeOptions, openNative } from './native/open.ts';
export { Reply } from './native/reply.ts';
export { type Figure, rehearse } from './rehearse/rehearse.ts';
export { KINDS, type Kind, type Server } from './remote/kind.ts';
export { lookAtRemote } from './remote/look.ts';
export { openRemote, type RemoteOptions } from './remote/open.ts';
export { GROK_1, GROK_1_SHAPE, readShape, type Shape } from './shape.ts';
export { StopMatcher } from './stop.ts';
export { openTokenizer, type SentencePieceTokenizer } from './tokenizer/index.ts';
export type { ModelReport, Report, Row } from './verify/report.ts';
export { type VerifyOptions, verify } from './verify/verify.ts';
