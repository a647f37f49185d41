/** Sentences by their codes: the English of each, made of its values. Other languages are made of code and values, too. */
export type Catalogue = Readonly<Record<string, (values: never) => string>>;

/** What a sentence is made of; an empty group where it needs nothing. */
type ValuesOf<Sentence extends Catalogue[string]> =
  Parameters<Sentence> extends [] ? Record<string, never> : Parameters<Sentence>[0];

/** A sentence of a catalogue: its code, its values, and its English. */
export type Said<All extends Catalogue> = {
  readonly [Code in keyof All & string]: {
    readonly code: Code;
    readonly values: ValuesOf<All[Code]>;
    readonly message: string;
  };
}[keyof All & string];

/** What makes the sentences of a catalogue. */
export function sayer<All extends Catalogue>(all: All) {
  return <Code extends keyof All & string>(code: Code, ...[values]: Parameters<All[Code]>) =>
    ({ code, values: values ?? {}, message: all[code]?.(values as never) }) as Said<All>;
}
