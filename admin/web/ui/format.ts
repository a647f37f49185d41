import { locale } from '../texts.ts';
import { say } from './texts.ts';

const tag = () => (locale.value === 'zh' ? 'zh-CN' : 'en-GB');

/** A number with the separators of the language. */
export const number = (value: number, digits = 0): string =>
  new Intl.NumberFormat(tag(), { maximumFractionDigits: digits }).format(value);

/** `12.3k`, `1.2M`. */
export const short = (value: number): string =>
  new Intl.NumberFormat(tag(), { notation: value < 10_000 ? 'standard' : 'compact', maximumFractionDigits: 1 }).format(
    value,
  );

export const percent = (fraction: number): string =>
  new Intl.NumberFormat(tag(), { style: 'percent', maximumFractionDigits: 0 }).format(fraction);

/** `840 ms`, `3.2 s`, `4 min`, `2 h`, `5 d`. */
export function duration(ms: number): string {
  const steps = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const;
  for (const [size, unit] of steps) if (ms >= size) return `${number(ms / size, ms < 10 * size ? 1 : 0)} ${unit}`;
  return `${number(ms, ms < 10 ? 1 : 0)} ms`;
}

/** `512 MB`, `1.4 GB`; in powers of 1000. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${number(value / 1000 ** power, power > 0 && value / 1000 ** power < 100 ? 1 : 0)} ${units[power]}`;
}

/** Time of day today, else the day as well. */
export function moment(at: number): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(tag(), {
    ...(!today && { day: 'numeric', month: 'short' }),
    ...(!today && date.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(today && { second: '2-digit' }),
    hour12: false,
  }).format(date);
}

/** `3 minutes ago`. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 5) return say().now;
  const relative = new Intl.RelativeTimeFormat(tag(), { numeric: 'always', style: 'short' });
  const steps = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const;
  for (const [size, unit] of steps)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  return relative.format(seconds, 'second');
}

/** `Theme: dark`, with the colon of the language. */
export const pair = (name: string, value: string): string => say().pair(name, value);

/** `one, two`, with the comma of the language; what is empty is left out. */
export const list = (items: readonly string[]): string => say().list(items.filter(Boolean));
