import { type AnyPlace, address } from './client.ts';
import type { Events, Place, StreamOf, StreamUrl } from './types.ts';

/** An event with its name. */
export type Named<All> = { [Name in keyof All]: { name: Name; data: All[Name] } }[keyof All];

interface Listener<U extends StreamUrl> {
  /** The names to listen to. */
  names: readonly (keyof Events<StreamOf<U>> & string)[];
  onEvent: (event: Named<Events<StreamOf<U>>>) => void;
  /** Whether the connection stands. */
  onState?: (live: boolean) => void;
}

/** How long to wait before a connection that the server refused is tried again. */
const AGAIN_MS = 5000;

/** Listens to a stream of the server's; goes on after a lost connection. The returned function ends it. */
export function listen<U extends StreamUrl>(
  url: U,
  place: Place<StreamOf<U>>,
  { names, onEvent, onState }: Listener<U>,
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource(address(url, place as AnyPlace));
    source.onopen = () => onState?.(true);
    source.onerror = () => {
      onState?.(false);
      // The browser tries again by itself, except after an answer that is no stream.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    };
    for (const name of names)
      source.addEventListener(name, ({ data }: MessageEvent<string>) =>
        onEvent({ name, data: JSON.parse(data) } as never),
      );
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
