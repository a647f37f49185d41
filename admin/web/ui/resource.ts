import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Resource<Data> {
  data: Data | undefined;
  error: unknown;
  /** Asks again; what is shown stays until the answer is there. */
  reload: () => Promise<void>;
  set: (data: Data) => void;
}

/** What the server answers, asked anew when `inputs` change. An answer that comes too late is dropped. */
export function useResource<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  inputs: readonly unknown[],
): Resource<Data> {
  const [state, setState] = useState<{ data: Data | undefined; error: unknown }>({ data: undefined, error: undefined });
  const running = useRef<AbortController>(undefined);
  const reload = useCallback(async () => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    try {
      const data = await load(mine.signal);
      if (!mine.signal.aborted) setState({ data, error: undefined });
    } catch (error) {
      if (!mine.signal.aborted) setState((was) => ({ ...was, error }));
    }
  }, inputs);
  useEffect(() => {
    void reload();
    return () => running.current?.abort();
  }, [reload]);
  const set = useCallback((data: Data) => setState({ data, error: undefined }), []);
  return { ...state, reload, set };
}
