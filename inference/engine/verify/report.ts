/** One comparison. What does not apply is left out. */
export interface Row {
  prompt: string;
  /** logits, hidden, router_probs, experts, greedy, ... */
  tensor: string;
  /** `prefill` all tokens at once, `steps` one by one through the KV cache. */
  pass: string;
  abs?: number;
  rel?: number;
  /** Fraction of equal values, 0..1. */
  agree?: number;
  /** Other figures. */
  note?: string;
  /** What must hold, in words. */
  bar?: string;
  /** Absent where nothing is required. */
  ok?: boolean;
}

export interface ModelReport {
  folder: string;
  rows: Row[];
  ok: boolean;
}

export interface Report {
  activations: string;
  device: string;
  /** Devices that shared each model. */
  shards: number;
  models: ModelReport[];
  skipped: { folder: string; reason: string }[];
  ok: boolean;
}

const HEAD = ['prompt', 'tensor', 'pass', 'abs', 'rel', 'agree', 'note', 'required', ''];

/** A model's rows as an aligned table. */
export function formatModel({ folder, rows, ok }: ModelReport): string[] {
  const cells = rows.map((row) => [
    row.prompt,
    row.tensor,
    row.pass,
    short(row.abs),
    short(row.rel),
    row.agree === undefined ? '' : percent(row.agree),
    row.note ?? '',
    row.bar ?? '',
    row.ok === undefined ? '' : row.ok ? 'ok' : 'FAIL',
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd();
  return [folder, line(HEAD), ...cells.map(line), `  ${ok ? 'ok' : 'FAIL'}`, ''];
}

/** The last lines: what was left out, and whether all is well. */
export function formatResult({ models, skipped, ok, activations, device, shards }: Report): string[] {
  const failed = models.flatMap(({ rows }) => rows.filter((row) => row.ok === false)).length;
  const checks = models.flatMap(({ rows }) => rows.filter((row) => row.ok !== undefined)).length;
  const where = shards > 1 ? `${device}, ${shards} shards` : device;
  return [
    ...skipped.map(({ folder, reason }) => `${folder}: skipped, ${reason}`),
    `${ok ? 'ok' : 'FAIL'}: ${checks - failed} of ${checks} checks hold (${models.length} models, ${activations} activations, ${where})`,
  ];
}

function short(value: number | undefined): string {
  return value === undefined ? '' : value === 0 ? '0' : value.toExponential(1);
}

/** 99.96 % is not 100 %. */
export function percent(fraction: number): string {
  return `${fraction === 1 ? '100' : (Math.floor(fraction * 1000) / 10).toFixed(1)} %`;
}
