import type { LogLine } from '../../../api/index.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { say } from './texts.ts';

const tones: Partial<Record<LogLine['level'], Tone>> = { warn: 'warn', error: 'bad', fatal: 'bad' };

interface Props {
  lines: readonly LogLine[];
  onOpen: (line: LogLine) => void;
  onEnd?: () => void;
  height?: string;
}

/** Log lines, newest first. */
export function Lines({ lines, onOpen, onEnd, height }: Props) {
  return (
    <Table
      label={say().title}
      columns={columns()}
      rows={lines}
      keyOf={({ id }) => id}
      onOpen={onOpen}
      {...(onEnd && { onEnd })}
      {...(height && { height })}
    />
  );
}

function columns(): Column<LogLine>[] {
  const text = say();
  return [
    { key: 'time', head: text.time, width: '120px', cell: ({ at }) => <span class="mono">{clockTime(at)}</span> },
    {
      key: 'level',
      head: text.level,
      width: '76px',
      cell: ({ level }) => <Badge tone={tones[level] ?? 'none'}>{text.levels[level]}</Badge>,
    },
    { key: 'adapter', head: text.adapter, width: '100px', wideOnly: true, cell: ({ adapter }) => adapter },
    {
      key: 'message',
      head: text.message,
      cell: ({ message, fields }) => (
        <>
          {message} <span class="mono faint">{brief(fields)}</span>
        </>
      ),
    },
    {
      key: 'trace',
      head: text.trace,
      width: '130px',
      wideOnly: true,
      cell: ({ trace }) =>
        trace !== null && (
          <a class="mono" href={`/replies/${encodeURIComponent(trace)}`} tabIndex={-1}>
            {trace}
          </a>
        ),
    },
  ];
}

/** To the millisecond. */
const clockTime = (at: number) => {
  const date = new Date(at);
  const two = (value: number, width = 2) => String(value).padStart(width, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
};

const brief = (fields: LogLine['fields']) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
    .slice(0, 300);
