import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { ConversationLine } from '../../../api/index.ts';
import { get } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Filter } from '../../ui/filter.tsx';
import { number } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { usePages } from '../../ui/pages.ts';
import { Search } from '../../ui/search.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { say } from './texts.ts';

const platforms = ['discord', 'telegram', 'console', 'web'] as const;

/** All conversations, the last used first. */
export function Conversations() {
  const { route } = useLocation();
  const text = say();
  const [search, setSearch] = useState('');
  const [platform, setPlatform] = useState('');
  const [total, setTotal] = useState(0);
  const pages = usePages<ConversationLine>(
    async (cursor, signal) => {
      const query = { search, limit: 200, ...(platform && { platform }), ...(cursor && { cursor }) };
      const page = await get('/api/conversations', { query, signal });
      setTotal(page.total);
      return { rows: page.conversations, next: page.next };
    },
    [search, platform],
  );
  return (
    <Page title={text.title} lead={text.lead}>
      <div class="row">
        <Search label={may('operator') ? text.search : text.searchViewer} value={search} onSearch={setSearch} />
        <Filter
          label={text.platform}
          value={platform}
          onChange={setPlatform}
          options={[{ value: '', label: text.allPlatforms }, ...platforms.map((value) => ({ value, label: value }))]}
        />
        <span class="faint figure">{pages.loaded && text.total(number(total))}</span>
      </div>
      {pages.error ? (
        <Failed error={pages.error} onRetry={pages.reload} />
      ) : !pages.loaded ? (
        <Loading />
      ) : pages.rows.length === 0 && pages.complete ? (
        search || platform ? (
          <Empty title={text.nothingFound} />
        ) : (
          <Empty title={text.none}>{text.noneBody}</Empty>
        )
      ) : (
        <Table
          label={text.title}
          columns={columns()}
          rows={pages.rows}
          keyOf={({ id }) => id}
          onOpen={({ id }) => route(`/conversations/${encodeURIComponent(id)}`)}
          onEnd={pages.more}
          total={total}
          height="calc(100dvh - 230px)"
        />
      )}
    </Page>
  );
}

function columns(): Column<ConversationLine>[] {
  const text = say();
  return [
    {
      key: 'where',
      head: text.where,
      cell: ({ id }) => (
        <a class="mono plain" href={`/conversations/${encodeURIComponent(id)}`} tabIndex={-1}>
          {id}
        </a>
      ),
    },
    { key: 'people', head: text.people, cell: ({ people }) => people.join(', ') },
    {
      key: 'persona',
      head: text.persona,
      width: '140px',
      wideOnly: true,
      cell: ({ persona }) => persona ?? <span class="faint">{text.byRules}</span>,
    },
    { key: 'turns', head: text.turns, width: '72px', align: 'end', cell: ({ turns }) => number(turns) },
    {
      key: 'last',
      head: text.last,
      width: '150px',
      align: 'end',
      wideOnly: true,
      cell: ({ lastUsed }) => <Time at={lastUsed} />,
    },
  ];
}
