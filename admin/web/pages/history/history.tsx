import { useState } from 'preact/hooks';
import type { Range } from '../../../api/index.ts';
import { file, get } from '../../api/client.ts';
import { Filter } from '../../ui/filter.tsx';
import { Page } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { Charts } from './charts.tsx';
import { say } from './texts.ts';
import { Usage } from './usage.tsx';
import { Votes } from './votes.tsx';
import './history.css';

const ranges: readonly Range[] = ['1h', '24h', '30d'];

/** The figures over time, who uses the bot, and what people think of it. */
export function History() {
  const text = say();
  const [range, setRange] = useState<Range>('24h');
  const history = useResource((signal) => get('/api/history', { query: { range }, signal }), [range]);
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={
        <>
          <Filter
            label={text.range}
            value={range}
            onChange={setRange}
            options={ranges.map((value) => ({ value, label: text.ranges[value] }))}
          />
          <a class="button" href={file('/api/history.csv', { query: { range } })} download>
            {text.csv}
          </a>
        </>
      }
    >
      {history.error ? (
        <Failed error={history.error} onRetry={history.reload} />
      ) : !history.data ? (
        <Loading />
      ) : (
        <>
          <Charts history={history.data} />
          <div class="columns">
            <Usage range={range} />
            <Votes />
          </div>
        </>
      )}
    </Page>
  );
}
