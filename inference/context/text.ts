/** Stands for a message without text, such as a picture. */
const NOTHING = '...';
/** What a line that goes on with the same turn starts with. */
export const INDENT = '  ';

/**
 * Makes text safe to stand in the window: one kind of line break, no control characters, nothing invisible that hides or turns text around,
 * at most one blank line in a row. Joiners and variation selectors stay: emoji and Persian need them, and they can forge no line.
 */
export function sanitizeText(raw: string): string {
  return (
    raw
      .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
      // Half of a surrogate pair has no UTF-8.
      .replace(/\p{Cs}/gu, '\ufffd')
      .replace(/[^\P{Cc}\n\t]/gu, '')
      .replace(
        /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu,
        '',
      )
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  );
}

/** {@link sanitizeText} in one line. */
export function sanitizeLine(raw: string): string {
  return sanitizeText(raw).replace(/\s*\n\s*/g, ' ');
}

/**
 * Text as it stands after `Name:`. Every further line is indented, blank ones too: in the window, what starts at column 0 is a new turn,
 * so nobody can write a line that looks like somebody else's.
 */
export function indentText(raw: string): string {
  const text = sanitizeText(raw);
  return /[^\s\p{Default_Ignorable_Code_Point}]/u.test(text) ? text.replaceAll('\n', `\n${INDENT}`) : NOTHING;
}
