/** A reply in Markdown becomes messages of a platform, also while it grows. */
export { type CodeFile, takeOutFiles } from './files.ts';
export { healMarkdown } from './heal.ts';
export { type Part, type SplitOptions, Splitter, splitText } from './split.ts';
