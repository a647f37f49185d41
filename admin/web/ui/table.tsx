import { type ComponentChildren, Fragment } from 'preact';
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
/** How many rows before the last one in sight more are asked for, so that scrolling waits for none. */
const AHEAD = 60;

/**
 * A table that draws only the rows in sight, so that ten thousand are as quick as ten. Arrow keys, Home and End move through it,
 * Enter opens a row.
 */
export function Table<Row>({ label, columns, rows, keyOf, onOpen, onEnd, total, height }: TableProps<Row>) {
  const scroller = useRef<HTMLElement>(null);
  const { first, last } = useWindow(scroller, rows.length, ROW);
  const [chosen, setActive] = useState(0);
  const active = Math.min(chosen, Math.max(0, rows.length - 1));
  const drawn = Array.from({ length: last - first }, (_, at) => first + at);
  // The row that has the focus, or gets it, is drawn wherever it is: without it keys would go nowhere.
  if (active < first) drawn.unshift(active);
  else if (active >= last && rows.length > 0) drawn.push(active);
  /** Whether the active row is to have the focus as soon as it is there. */
  const going = useRef(false);

  const topmost = useRef<string>(undefined);
  useLayoutEffect(() => {
    const before = topmost.current;
    topmost.current = rows[0] && keyOf(rows[0]);
    const box = scroller.current;
    if (before === undefined || before === topmost.current || !box) return;
    // Rows that come above what is being read move nothing.
    const fresh = rows.findIndex((row) => keyOf(row) === before);
    if (fresh <= 0) return;
    if (box.scrollTop > 0) box.scrollTop += fresh * ROW;
    if (box.contains(document.activeElement)) setActive(active + fresh);
  }, [rows]);
  useEffect(() => {
    if (last >= rows.length - AHEAD && rows.length > 0) onEnd?.();
  }, [last, rows.length]);
  useLayoutEffect(() => {
    if (!going.current) return;
    going.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  });

  const go = (to: number) => {
    const at = Math.min(Math.max(to, 0), rows.length - 1);
    const box = scroller.current;
    if (box) {
      const top = (at + 1) * ROW;
      if (top - ROW < box.scrollTop + ROW) box.scrollTop = top - 2 * ROW;
      else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    }
    going.current = at !== active;
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
      {/* As high as all its rows: were it lower for a moment while they are changed, it would be scrolled back. */}
      <div style={{ minHeight: `${(rows.length + 1) * ROW}px` }}>
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
            {drawn.map((index, at) => {
              const row = rows[index] as Row;
              return (
                <Fragment key={keyOf(row)}>
                  <Gap rows={index - 1 - (drawn[at - 1] ?? -1)} columns={columns.length} />
                  <tr
                    aria-rowindex={index + 2}
                    data-index={index}
                    {...(onOpen && {
                      class: 'opens',
                      tabIndex: index === active ? 0 : -1,
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
                </Fragment>
              );
            })}
            <Gap rows={rows.length - 1 - (drawn.at(-1) ?? -1)} columns={columns.length} />
          </tbody>
        </table>
      </div>
    </section>
  );
}

const classOf = ({ align, wideOnly }: Column<never>) =>
  [align === 'end' ? 'end figure' : '', wideOnly ? 'wide-only' : ''].filter(Boolean).join(' ');

/** The room of the rows that are not drawn. */
const Gap = ({ rows, columns }: { rows: number; columns: number }) =>
  rows > 0 && (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is not focusable
    <tr aria-hidden="true" class="gap">
      <td colSpan={columns} style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
