import type { Mistake } from './mistakes.ts';

/** A mistake in a persona file, and where it is; the message names the field. */
export type Problem = Mistake & {
  readonly file: string;
  /** From 1. 0 when the mistake is the file itself, not a place in it. */
  readonly line: number;
  readonly column: number;
  /** Leads to the field, e.g. examples, 2, reply; empty where it is the file or its YAML. */
  readonly path: readonly (string | number)[];
};

/** A mistake of a place in a file; without `line` of the file itself. */
export function problemAt(
  file: string,
  said: Mistake,
  { line = 0, column = 0, path = [] }: Partial<Pick<Problem, 'line' | 'column' | 'path'>> = {},
): Problem {
  const message = path.length > 0 ? `"${pathText(path)}" ${said.message}` : said.message;
  return { ...said, message, file, line, column, path };
}

/** `file:line:column: message`, which editors and terminals make a link of. */
export function problemText({ file, line, column, message }: Pick<Problem, 'file' | 'line' | 'column' | 'message'>) {
  return line > 0 ? `${file}:${line}:${column}: ${message}` : `${file}: ${message}`;
}

/** `examples[2].reply`, counted from 1 as people do. */
function pathText(path: readonly (string | number)[]): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step + 1}]` : `${at > 0 ? '.' : ''}${step}`)).join('');
}
