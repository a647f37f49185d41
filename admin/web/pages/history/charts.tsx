import { useMemo } from 'preact/hooks';
import type { History } from '../../../api/index.ts';
import { locale } from '../../texts.ts';
import { Chart, type Series } from '../../ui/chart.tsx';
import { duration, number, percent, short } from '../../ui/format.ts';
import { say } from './texts.ts';

/** Every figure as a line over time. */
export function Charts({ history }: { history: History }) {
  const text = say();
  const times = useMemo(() => history.at.map((at) => at / 1000), [history]);
  const charts = useMemo(() => chartsOf(history), [history, locale.value]);
  return (
    <div class="charts">
      {charts.map(({ title, series, format, whole = false }) => (
        <figure key={title} class="panel padded">
          <figcaption>
            <h2>{title}</h2>
          </figcaption>
          {series.every(({ values }) => values.every((value) => value === null)) ? (
            <p class="nothing quiet">{text.nothing}</p>
          ) : (
            <Chart
              whole={whole}
              label={text.chartOf(title, text.ranges[history.range])}
              times={times}
              series={series}
              format={format}
            />
          )}
        </figure>
      ))}
    </div>
  );
}

interface Figure {
  title: string;
  series: Series[];
  format: (value: number) => string;
  whole?: boolean;
}

function chartsOf({ series: of }: History): Figure[] {
  const text = say();
  const spread = (p50: Series['values'], p95: Series['values'], p99: Series['values']): Series[] => [
    { label: 'p50', values: p50, colour: 'accent', filled: true },
    { label: 'p95', values: p95, colour: 'warn' },
    { label: 'p99', values: p99, colour: 'bad', dashed: true },
  ];
  return [
    {
      title: text.replies,
      format: short,
      whole: true,
      series: [
        { label: text.done, values: of.replies, colour: 'accent', filled: true },
        { label: text.failed, values: of.failed, colour: 'bad' },
        { label: text.cancelled, values: of.cancelled, colour: 'ink-3' },
      ],
    },
    { title: text.firstToken, format: duration, series: spread(of.firstTokenP50, of.firstTokenP95, of.firstTokenP99) },
    { title: text.total, format: duration, series: spread(of.totalP50, of.totalP95, of.totalP99) },
    { title: text.wait, format: duration, series: spread(of.waitP50, of.waitP95, of.waitP99) },
    {
      title: text.queue,
      format: (value) => number(value, 1),
      series: [
        { label: text.running, values: of.running, colour: 'accent', filled: true },
        { label: text.runningMost, values: of.runningMost, colour: 'accent', dashed: true },
        { label: text.waiting, values: of.waiting, colour: 'warn' },
        { label: text.waitingMost, values: of.waitingMost, colour: 'warn', dashed: true },
      ],
    },
    {
      title: text.tokens,
      format: short,
      whole: true,
      series: [
        { label: text.promptTokens, values: of.promptTokens, colour: 'ink-3' },
        { label: text.replyTokens, values: of.replyTokens, colour: 'accent', filled: true },
      ],
    },
    {
      title: text.speed,
      format: (value) => number(value, 1),
      series: [{ label: text.speed, values: of.tokensPerSecond, colour: 'accent', filled: true }],
    },
    {
      title: text.kv,
      format: percent,
      series: [{ label: text.used, values: of.kvUsed, colour: 'accent', filled: true }],
    },
  ];
}
