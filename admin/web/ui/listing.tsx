import type { Resource } from './resource.ts';
import { Failed } from './states.tsx';
import { Table, type TableProps } from './table.tsx';

interface Props<Row> extends Pick<TableProps<Row>, 'label' | 'columns' | 'keyOf'> {
  of: Resource<Row[]>;
  /** What is said where there is none. */
  none: string;
}

/** What the server lists, as a table: with a word where there is nothing, and with what went wrong. */
export function Listing<Row>({ of: { data, error, reload }, none, ...table }: Props<Row>) {
  return (
    <>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {data?.length === 0 && <p class="quiet">{none}</p>}
      {data && data.length > 0 && <Table rows={data} {...table} />}
    </>
  );
}
