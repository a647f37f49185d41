import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../shell/theme.ts';
import { locale } from '../texts.ts';
import { moment } from './format.ts';
import { say } from './texts.ts';
import './chart.css';

export interface Series {
  label: string;
  /** One per point in time; null where nothing was measured. */
  values: readonly (number | null)[];
  colour: 'accent' | 'good' | 'warn' | 'bad' | 'ink-3';
  /** Fills the room below the line. */
  filled?: boolean;
  dashed?: boolean;
}

interface Props {
  label: string;
  /** Seconds since 1970, in order. */
  times: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  /** What is counted has no halves. */
  whole?: boolean;
  /** In px. */
  height?: number;
}

type Drawn = Props & { whole: boolean; height: number };

/** Steps of an axis that counts. */
const WHOLE = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** Lines over time. The values under the pointer, else the last ones, stand in the legend. */
export function Chart({ label, times, series, format, whole = false, height = 180 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = `${theme.value} ${locale.value}`;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot = draw(element, { label, times, series, format, whole, height });
    const again = () => {
      plot.destroy();
      plot = draw(element, { label, times, series, format, whole, height });
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', again);
    return () => {
      scheme.removeEventListener('change', again);
      sizes.disconnect();
      plot.destroy();
    };
  }, [times, series, height, drawn]);
  return <div ref={box} class="chart" role="img" aria-label={label} style={{ minHeight: `${height + 26}px` }} />;
}

function draw(element: HTMLElement, { times, series, format, whole, height }: Drawn): uPlot {
  const colour = colours(element);
  const grid = { stroke: colour('line'), width: 1 };
  const axis = {
    stroke: colour('ink-3'),
    font: `11px ${getComputedStyle(element).fontFamily}`,
    ticks: { show: false },
  };
  return new uPlot(
    {
      width: element.clientWidth,
      height,
      padding: [8, 4, 0, 0],
      cursor: { y: false, points: { size: 6 }, sync: { key: 'history' } },
      legend: { live: true, isolate: true },
      scales: { y: { range: (_, _low, high) => [0, high ? high * 1.1 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, space: 72, size: 26, values: (_, splits) => splits.map(timeOf(splits)) },
        { ...axis, grid, size: 56, ...(whole && { incrs: WHOLE }), values: (_, splits) => splits.map(format) },
      ],
      series: [
        { label: say().time, value: (_, at) => (at === null ? '' : moment(at * 1000)) },
        ...series.map((it) => ({
          label: it.label,
          stroke: colour(it.colour),
          width: 1.5,
          points: { size: 5, filter: alone },
          ...(it.dashed && { dash: [4, 3] }),
          ...(it.filled && { fill: colour(it.colour, 0.12) }),
          // Where nothing is pointed at, the legend says how it stands now.
          value: (_: uPlot, value: number | null, __: number, at: number | null) =>
            written(at === null ? it.values.at(-1) : value, format),
        })),
      ],
    },
    [[...times], ...series.map(({ values }) => [...values])],
    element,
  );
}

/** A value between two that were never measured makes no line: it is shown as a point. */
const alone = (plot: uPlot, of: number): number[] => {
  const values = plot.data[of] ?? [];
  const missing = (at: number) => values[at] === null || values[at] === undefined;
  return [...values.keys()].filter((at) => !missing(at) && missing(at - 1) && missing(at + 1));
};

const written = (value: number | null | undefined, format: Props['format']) =>
  value === null || value === undefined ? '–' : format(value);

/** How the times of an axis are written: days where they are far apart, else the time of day. */
function timeOf(splits: readonly number[]): (at: number) => string {
  const far = (splits[1] ?? 0) - (splits[0] ?? 0) >= 86_400;
  const format = new Intl.DateTimeFormat(locale.value === 'zh' ? 'zh-CN' : 'en-GB', {
    ...(far ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', hour12: false }),
  });
  return (at) => format.format(at * 1000);
}

/** What the custom properties come to in the theme that holds: a canvas knows no `var()`. */
function colours(element: HTMLElement) {
  return (name: string, opacity = 1): string => {
    const probe = element.appendChild(document.createElement('i'));
    probe.style.color = `color-mix(in srgb, var(--${name}) ${opacity * 100}%, transparent)`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
