import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Level, LogLine } from '../../../api/index.ts';
import { get } from '../../api/client.ts';
import { perFrame } from '../../api/frames.ts';
import { listen } from '../../api/stream.ts';
import { Filter } from '../../ui/filter.tsx';
import { Page } from '../../ui/page.tsx';
import { usePages } from '../../ui/pages.ts';
import { Search } from '../../ui/search.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Line } from './line.tsx';
import { Lines } from './lines.tsx';
import { say } from './texts.ts';
import './logs.css';

const levels: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error'];
const adapters = ['discord', 'telegram', 'web', 'console', 'admin'] as const;
/** As many live lines as are kept in the page. */
const KEPT = 5000;

/** The log, newest first, live. */
export function Logs() {
  const { query: address, route } = useLocation();
  const text = say();
  const [level, setLevel] = useState<Level>('info');
  const [adapter, setAdapter] = useState('');
  const [search, setSearch] = useState('');
  const [live, setLive] = useState(true);
  const [fresh, setFresh] = useState<readonly LogLine[]>([]);
  const [open, setOpen] = useState<LogLine>();
  const trace = address.trace ?? '';
  const filter = { level, ...(adapter && { adapter }), ...(search && { search }), ...(trace && { trace }) };
  const inputs = [level, adapter, search, trace];

  const pages = usePages<LogLine>(async (cursor, signal) => {
    const page = await get('/api/logs', { query: { ...filter, limit: 200, ...(cursor && { cursor }) }, signal });
    return { rows: page.lines, next: page.next };
  }, inputs);
  useEffect(() => setFresh([]), inputs);
  useEffect(() => {
    if (!live) return;
    const frames = perFrame<LogLine>((lines) => setFresh((was) => [...lines.reverse(), ...was].slice(0, KEPT)));
    const end = listen(
      '/api/logs/events',
      { query: filter },
      {
        names: ['line'],
        onEvent: ({ data }) => frames.add(data),
        // What came while nobody listened is read now.
        onState: (open) => open && pages.reload(),
      },
    );
    return () => {
      end();
      frames.stop();
    };
  }, [...inputs, live]);

  const known = new Set(fresh.map(({ id }) => id));
  const lines = [...fresh, ...pages.rows.filter(({ id }) => !known.has(id))];
  return (
    <Page title={text.title} lead={text.lead}>
      <div class="row">
        <Search label={text.search} value={search} onSearch={setSearch} />
        <Filter
          label={text.level}
          value={level}
          onChange={setLevel}
          options={levels.map((value) => ({ value, label: text.orWorse(text.levels[value]) }))}
        />
        <Filter
          label={text.adapter}
          value={adapter}
          onChange={setAdapter}
          options={[{ value: '', label: text.allAdapters }, ...adapters.map((value) => ({ value, label: value }))]}
        />
        <Search
          key={trace}
          label={text.trace}
          value={trace}
          onSearch={(typed) => route(typed ? `/logs?trace=${encodeURIComponent(typed)}` : '/logs', true)}
        />
        <Switch label={text.live} on={live} onChange={setLive} />
      </div>
      {pages.error ? (
        <Failed error={pages.error} onRetry={pages.reload} />
      ) : !pages.loaded ? (
        <Loading />
      ) : lines.length === 0 ? (
        <Empty title={text.none} />
      ) : (
        <Lines lines={lines} onOpen={setOpen} onEnd={pages.more} height="calc(100dvh - 230px)" />
      )}
      {open && (
        <Line
          line={open}
          onClose={() => setOpen(undefined)}
          onTrace={(of) => {
            setOpen(undefined);
            route(`/logs?trace=${encodeURIComponent(of)}`);
          }}
        />
      )}
    </Page>
  );
}
