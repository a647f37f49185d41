import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

interface OnePage<Row> {
  rows: readonly Row[];
  next: string | null;
}

export interface Paged<Row> {
  rows: readonly Row[];
  /** Whether the first page has come. */
  loaded: boolean;
  /** Whether there are no more. */
  complete: boolean;
  error: unknown;
  /** Loads the next page, unless one is on its way. */
  more: () => void;
  /** Begins anew. */
  reload: () => void;
  /** Takes rows out, e.g. deleted ones. */
  remove: (is: (row: Row) => boolean) => void;
}

/** A long list that the server gives in pages, begun anew when `inputs` change. */
export function usePages<Row>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<OnePage<Row>>,
  inputs: readonly unknown[],
): Paged<Row> {
  const [state, setState] = useState<{ rows: readonly Row[]; next: string | null | undefined; error: unknown }>(FIRST);
  const running = useRef<AbortController>(undefined);

  const fetchPage = useCallback(async (cursor: string | undefined) => {
    const mine = new AbortController();
    running.current = mine;
    try {
      const { rows, next } = await load(cursor, mine.signal);
      if (!mine.signal.aborted)
        setState((was) => ({ rows: cursor === undefined ? rows : [...was.rows, ...rows], next, error: undefined }));
    } catch (error) {
      if (!mine.signal.aborted) setState((was) => ({ ...was, error }));
    } finally {
      if (running.current === mine) running.current = undefined;
    }
  }, inputs);

  const reload = useCallback(() => {
    running.current?.abort();
    void fetchPage(undefined);
  }, [fetchPage]);
  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);
  const more = () => {
    if (!running.current && typeof state.next === 'string') void fetchPage(state.next);
  };
  // A page may hold fewer rows than would fill the screen while there are more.
  useEffect(() => {
    if (state.rows.length < 30) more();
  }, [state]);
  const remove = (is: (row: Row) => boolean) =>
    setState((was) => ({ ...was, rows: was.rows.filter((row) => !is(row)) }));
  return {
    rows: state.rows,
    loaded: state.next !== undefined,
    complete: state.next === null,
    error: state.error,
    more,
    reload,
    remove,
  };
}

const FIRST = { rows: [], next: undefined, error: undefined };
