/** A mistake in a persona file. */
export interface Problem {
  readonly file: string;
  /** From 1. 0 when the mistake is the file itself, not a place in it. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** Leads to the field, e.g. examples, 2, reply; none where it is the file or its YAML. */
  readonly path?: readonly (string | number)[];
}

/** `file:line:column: message`, which editors and terminals make a link of. */
export function problemText({ file, line, column, message }: Problem): string {
  return line > 0 ? `${file}:${line}:${column}: ${message}` : `${file}: ${message}`;
}
