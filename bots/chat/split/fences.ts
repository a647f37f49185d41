import type { Rules } from './rules.ts';

/** An open code fence, as it is opened again in the next part. */
export interface Fence {
  /** Up to three spaces. */
  readonly indent: string;
  /** Three or more of ` or ~. */
  readonly run: string;
  readonly language: string;
}

/** The fence that a line opens. The line is given without its line break. */
export function fenceOpenedBy(line: string, rules: Rules): Fence | undefined {
  const match = /^( {0,3})(`{3,}|~{3,})([^\n]*)$/.exec(line);
  if (!match) return undefined;
  const [, indent = '', run = '', rest = ''] = match;
  const info = rest.trim();
  if (run.length > rules.run || rest.length > rules.info) return undefined;
  // After backticks more backticks on the line make it a code span.
  if (run.startsWith('`') && info.includes('`')) return undefined;
  const word = /^[\w+#.-]*/.exec(info)?.[0] ?? '';
  return { indent, run, language: word.length <= rules.language ? word : '' };
}

/** Whether a line closes the fence. */
export function closesFence(line: string, fence: Fence): boolean {
  return runAlone(line)?.startsWith(fence.run) ?? false;
}

/** Whether an unfinished line may still become the one that closes the fence. */
export function mayCloseFence(line: string, fence: Fence): boolean {
  return runAlone(line)?.startsWith(fence.run.charAt(0)) ?? false;
}

/** The run of backticks or tildes that is all there is on the line. */
function runAlone(line: string): string | undefined {
  return /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1];
}

/** The line that opens the fence again. */
export function reopening(fence: Fence): string {
  return `${fence.indent}${fence.run}${fence.language}\n`;
}

/** What closes the fence after a line without its line break. */
export function closing(fence: Fence): string {
  return `\n${fence.indent}${fence.run}`;
}
