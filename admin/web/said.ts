import type { Catalogue } from '../../personas/said.ts';
import { locale } from './texts.ts';

/** The Chinese of a catalogue, whose English comes along from the server. A sentence that it lacks does not compile. */
export type Chinese<All extends Catalogue> = {
  readonly [Code in keyof All]: (...values: Parameters<All[Code]>) => string;
};

/** A sentence of the server's. */
export interface FromServer {
  code: string;
  values: Readonly<Record<string, unknown>>;
  message: string;
}

/** What says a sentence of the server's in the language of the page. */
export function inPageLanguage<All extends Catalogue>(chinese: Chinese<All>): (said: FromServer) => string {
  const known = chinese as unknown as Readonly<Record<string, (values: unknown) => string>>;
  // A server that is newer than the page may know more.
  return ({ code, values, message }) => (locale.value === 'zh' && known[code]?.(values)) || message;
}
