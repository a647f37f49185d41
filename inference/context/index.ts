/** The window: what the model sees of a persona and a conversation. Pure functions; knows neither Redis nor an engine. */
export { type Budgets, budgetsFor, MIN_CONTEXT } from './budgets.ts';
export { fitTurn } from './cut.ts';
export type { Eviction } from './history.ts';
export { type LayOutOptions, layOut, type Window, type WindowPersona } from './layout.ts';
export { sanitizeName } from './names.ts';
export { encodeParts, type Parts, renderCursor, renderTurn } from './render.ts';
export { cutPartial, cutReply } from './reply.ts';
export { samplingOf } from './sampling.ts';
export type { WindowTurn } from './speakers.ts';
export { renderStatic, type Static, type StaticPersona } from './static.ts';
export { dryBreakers, stopStrings } from './stop.ts';
export { checkSummary, layOutSummary, type SummaryPrompt } from './summary.ts';
export { indentText, sanitizeText } from './text.ts';
export { words } from './words.ts';
