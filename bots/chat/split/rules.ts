/** How far our reading of Markdown goes: what is longer is plain text, so that closing and reopening always fits. */
export interface Rules {
  /** The longest run of backticks or tildes that counts, in characters. */
  readonly run: number;
  /** The longest info string of a fence, in characters. */
  readonly info: number;
  /** The longest language that is said again when a fence is reopened, in characters. */
  readonly language: number;
  /** The longest label of a link, in characters: an open bracket may not hold up half a message. */
  readonly label: number;
  /** The deepest indentation that is kept at the beginning of a part, in characters. */
  readonly indent: number;
}

/** The smallest limit there is room to work in. */
export const smallestLimit = 64;

export function rulesFor(limit: number): Rules {
  const share = (part: number, most: number) => Math.min(most, Math.floor(limit / part));
  return {
    run: share(16, 64),
    info: share(4, 100),
    language: share(4, 24),
    label: share(1, 300),
    indent: share(4, 100),
  };
}
