import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useWindow } from './window.ts';
import './table.css';

export interface Column<Row> {
  key: string;
  head: ComponentChildren;
  cell: (row: Row) => ComponentChildren;
  /** A CSS width; without one a column takes its share of the rest. */
  width?: string;
  align?: 'end';
  /** Left out on a phone. */
  wideOnly?: boolean;
}

export interface TableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** What Enter or a click on a row does. */
  onOpen?: (row: Row) => void;
  /** Called when the last rows come near, to load more. */
  onEnd?: () => void;
  /** How many rows there are in all, where more than `rows`. */
  total?: number;
  /** How high the table's own scroll area may become; it takes all rows without one. */
  height?: string;
}

/** The height of a row in px, as `--row` in the styles. */
const ROW = 36;

/**
 * A table that draws only the rows in sight, so that ten thousand are as quick as ten. Arrow keys, Home and End move through it,
 * Enter opens a row.
 */
export function Table<Row>({ label, columns, rows, keyOf, onOpen, onEnd, total, height }: TableProps<Row>) {
  const scroller = useRef<HTMLElement>(null);
  const { first, last } = useWindow(scroller, rows.length, ROW);
  const [active, setActive] = useState(0);
  /** The row that is to have the focus as soon as it is there. */
  const goingTo = useRef<number>(undefined);
  const reachable = Math.min(Math.max(active, first), Math.max(first, last - 1));

  const topmost = useRef<string>(undefined);
  useLayoutEffect(() => {
    const before = topmost.current;
    topmost.current = rows[0] && keyOf(rows[0]);
    const box = scroller.current;
    if (before === undefined || before === topmost.current || !box || box.scrollTop === 0) return;
    // Rows that come above what is being read move nothing.
    const fresh = rows.findIndex((row) => keyOf(row) === before);
    if (fresh > 0) box.scrollTop += fresh * ROW;
  }, [rows]);
  useEffect(() => {
    if (last >= rows.length - 10 && rows.length > 0) onEnd?.();
  }, [last, rows.length]);
  useEffect(() => {
    // The row may be drawn only when the scrolling to it was noticed.
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${goingTo.current}"]`);
    if (!row) return;
    goingTo.current = undefined;
    row.focus({ preventScroll: true });
  });

  const go = (to: number) => {
    const at = Math.min(Math.max(to, 0), rows.length - 1);
    const box = scroller.current;
    if (box) {
      const top = (at + 1) * ROW;
      if (top - ROW < box.scrollTop + ROW) box.scrollTop = top - 2 * ROW;
      else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    }
    goingTo.current = at;
    setActive(at);
  };
  const press = (event: KeyboardEvent) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = rows[active];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' && row && event.target === event.currentTarget) onOpen?.(row);
    else return;
    event.preventDefault();
  };

  return (
    <section
      ref={scroller}
      class="table-box"
      style={height ? { maxHeight: height } : {}}
      tabIndex={onOpen ? -1 : 0}
      aria-label={label}
    >
      <table class="table" aria-rowcount={(total ?? rows.length) + 1}>
        <colgroup>
          {columns.map(({ key, width, wideOnly }) => (
            <col key={key} class={wideOnly ? 'wide-only' : ''} style={width ? { width } : {}} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((it) => (
              <th key={it.key} scope="col" class={classOf(it)}>
                {it.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Gap rows={first} columns={columns.length} />}
          {rows.slice(first, last).map((row, at) => {
            const index = first + at;
            return (
              <tr
                key={keyOf(row)}
                aria-rowindex={index + 2}
                data-index={index}
                {...(onOpen && {
                  class: 'opens',
                  tabIndex: index === reachable ? 0 : -1,
                  onFocus: () => setActive(index),
                  onClick: (event: MouseEvent) => {
                    if (!(event.target as Element).closest('a, button, input')) onOpen(row);
                  },
                  onKeyDown: press,
                })}
              >
                {columns.map((it) => (
                  <td key={it.key} class={classOf(it)}>
                    {it.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {last < rows.length && <Gap rows={rows.length - last} columns={columns.length} />}
        </tbody>
      </table>
    </section>
  );
}

const classOf = ({ align, wideOnly }: Column<never>) =>
  [align === 'end' ? 'end figure' : '', wideOnly ? 'wide-only' : ''].filter(Boolean).join(' ');

/** The room of the rows that are not drawn. */
const Gap = ({ rows, columns }: { rows: number; columns: number }) => (
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is not focusable
  <tr aria-hidden="true" class="gap">
    <td colSpan={columns} style={{ height: `${rows * ROW}px` }} />
  </tr>
);
