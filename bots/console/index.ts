/** The terminal as a chat platform: for trying a persona, and for machines that have nothing else. */
export { type ConsoleOptions, type ConsoleStreams, runConsole } from './console.ts';
export { plain } from './plain.ts';
export { hasColor, paint, type Style } from './style.ts';
