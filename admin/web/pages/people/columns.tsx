import type { ComponentChildren } from 'preact';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { say } from './texts.ts';

/** Who made it. */
export const byColumn = (): Column<{ by: string }> => ({
  key: 'by',
  head: say().by,
  cell: ({ by }) => by,
  wideOnly: true,
});

/** Until when it holds. */
export const expiresColumn = (): Column<{ expiresAt: number }> => ({
  key: 'expires',
  head: say().expires,
  cell: ({ expiresAt }) => <Time at={expiresAt} />,
});

/** What may be done with a row. */
export const actionsColumn = <Row,>(width: string, cell: (row: Row) => ComponentChildren): Column<Row> => ({
  key: 'actions',
  head: <span class="unseen">{say().actions}</span>,
  width,
  align: 'end',
  cell,
});

/** The same where a link can be taken back. */
export const takeBackColumn = <Row,>(takeBack: (row: Row) => Promise<void>): Column<Row> =>
  actionsColumn('120px', (row) => (
    <Button small kind="ghost" onClick={() => takeBack(row)}>
      {say().takeBack}
    </Button>
  ));
