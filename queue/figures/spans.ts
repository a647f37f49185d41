/** How time is cut up for figures: each reply is counted in one span of each kind, and a kind goes away as a whole. */
export const SPANS = {
  /** For the last hour. */
  minute: { ms: 60_000, staySeconds: 2 * 60 * 60, shown: 60 },
  /** For the last 24 hours. */
  ten: { ms: 600_000, staySeconds: 25 * 60 * 60, shown: 144 },
  /** For the last 30 days. */
  six: { ms: 21_600_000, staySeconds: 31 * 24 * 60 * 60, shown: 120 },
} as const;

export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as SpanName[];
/** The spans that usage is counted in. */
export const USAGE_SPANS = ['ten', 'six'] as const;

/** What usage is counted by. */
export const USAGE_BY = ['persona', 'platform', 'server', 'user'] as const;
export type UsageBy = (typeof USAGE_BY)[number];

/** When the span began in which `at` lies, in ms since 1970. */
export const beginOf = (span: SpanName, at: number): number => Math.floor(at / SPANS[span].ms) * SPANS[span].ms;

/** The beginnings of the last `shown` spans, oldest first, the present one included. */
export function lastSpans(span: SpanName, now: number, shown: number = SPANS[span].shown): number[] {
  const last = beginOf(span, now);
  return Array.from({ length: shown }, (_, at) => last - (shown - 1 - at) * SPANS[span].ms);
}
