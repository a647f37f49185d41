/**
 * What must not reach a terminal from a model or a stranger: control characters (with them escape sequences, which could
 * rewrite the screen or the clipboard) and the marks that turn the direction of text. New lines and tabs may.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The text without anything that a terminal would obey. Works on pieces: a sequence cannot be put together from several. */
export function plain(text: string): string {
  return text.replace(unsafe, '');
}
