import { ago, moment } from './format.ts';

/** A point in time, for people and machines; the whole date on hover. */
export function Time({ at, relative = false }: { at: number; relative?: boolean }) {
  return (
    <time class="figure" dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {relative ? ago(at) : moment(at)}
    </time>
  );
}
