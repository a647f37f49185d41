/**
 * What every platform shares: saying something, following the reply, commands, and the few texts that are ours. An adapter
 * turns what its platform says into calls of `Chat`, and renders what comes back.
 */
export { Chat, type ChatOptions, checkText, type Message, type PersonaSource } from './chat.ts';
export { type Command, type CommandName, commandNames, parseCommand } from './commands.ts';
export { type Answer, answerCommand } from './handlers.ts';
export { findPersona } from './personas.ts';
export { type Locale, localeOf, locales, type Say, sayIn, type TextName } from './texts/index.ts';
export type { Update } from './updates.ts';
export type { Wish } from './wish.ts';
