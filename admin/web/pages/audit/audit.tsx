import { useState } from 'preact/hooks';
import type { AuditEntry } from '../../../api/index.ts';
import { get } from '../../api/client.ts';
import { Page } from '../../ui/page.tsx';
import { usePages } from '../../ui/pages.ts';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { Entry } from './entry.tsx';
import { say } from './texts.ts';
import { changed, whatOf, whereOf } from './words.ts';

/** What was changed and done, newest first. */
export function Audit() {
  const text = say();
  const [open, setOpen] = useState<AuditEntry>();
  const pages = usePages<AuditEntry>(async (cursor, signal) => {
    const page = await get('/api/audit', { query: { limit: 200, ...(cursor && { cursor }) }, signal });
    return { rows: page.entries, next: page.next };
  }, []);
  return (
    <Page title={text.title} lead={text.lead}>
      {pages.error ? (
        <Failed error={pages.error} onRetry={pages.reload} />
      ) : !pages.loaded ? (
        <Loading />
      ) : pages.rows.length === 0 ? (
        <Empty title={text.none} />
      ) : (
        <Table
          label={text.title}
          columns={columns()}
          rows={pages.rows}
          keyOf={({ kind, id }) => `${kind} ${id}`}
          onOpen={setOpen}
          onEnd={pages.more}
          height="calc(100dvh - 190px)"
        />
      )}
      {open && (
        <Entry
          entry={open}
          onClose={() => setOpen(undefined)}
          onUndone={() => {
            setOpen(undefined);
            pages.reload();
          }}
        />
      )}
    </Page>
  );
}

function columns(): Column<AuditEntry>[] {
  const text = say();
  return [
    { key: 'when', head: text.when, width: 'min(150px, 27vw)', cell: ({ at }) => <Time at={at} /> },
    { key: 'who', head: text.who, width: 'min(150px, 22vw)', cell: ({ by }) => by },
    { key: 'what', head: text.what, cell: whatOf },
    {
      key: 'where',
      head: text.where,
      wideOnly: true,
      cell: (entry) => <span class="mono">{whereOf(entry)}</span>,
    },
    {
      key: 'change',
      head: text.change,
      wideOnly: true,
      cell: (entry) => <span class="mono faint">{changed(entry)}</span>,
    },
  ];
}
