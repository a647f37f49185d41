const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof codes;

/** Whether a stream shows colours: a terminal, and NO_COLOR is not set (https://no-color.org). */
export function hasColor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Gives `text` a style, where there are colours. */
export function paint(style: Style, text: string, color: boolean): string {
  const [on, off] = codes[style];
  return color ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}
