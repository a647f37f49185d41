import { signal } from '@preact/signals';
import type { Draft, Problem } from '../../../api/index.ts';

/** A persona's fields as they are typed: what they hold may be wrong, and the server says so. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is being edited. Only one of the two forms is: the other one comes from it when it is turned to. */
export interface Editing {
  mode: 'fields' | 'yaml';
  fields: Fields;
  yaml: string;
  /** The revision that the work began with; null for a new persona. */
  revision: string | null;
}

/** Unsaved work by persona id: it outlives a look at another page. */
export const unsaved = signal<ReadonlyMap<string, Editing>>(new Map());

export function keep(id: string, editing: Editing | undefined): void {
  const next = new Map(unsaved.value);
  if (editing) next.set(id, editing);
  else next.delete(id);
  unsaved.value = next;
}

/** What the server takes. */
export const draftOf = ({ mode, fields, yaml }: Editing): Draft =>
  mode === 'yaml'
    ? { yaml }
    : {
        persona: {
          ...withoutBlanks(fields),
          ...(Array.isArray(fields.variants) && { variants: itemsIn(fields, 'variants').map(withoutBlanks) }),
        },
      };

/** With the lines as they are meant: whoever begins a new line has not yet said an empty one. */
const withoutBlanks = (fields: Fields): Fields =>
  fields.lines === undefined
    ? fields
    : {
        ...fields,
        lines: Object.fromEntries(
          Object.entries(fieldsIn(fields, 'lines')).map(([name, said]) => [
            name,
            Array.isArray(said) ? said.filter((line) => String(line).trim() !== '') : said,
          ]),
        ),
      };

/** A persona that says nothing yet. */
export const blank: Fields = {
  name: '',
  description: '',
  language: 'en',
  profile: '',
  greeting: '',
  examples: Array.from({ length: 4 }, () => ({ user: '', reply: '' })),
  lines: { error: [], busy: [], empty: [], refused: [] },
};

/** How many mistakes lie in one of these fields. */
export const mistakesIn = (problems: readonly Problem[], fields: readonly string[]): number =>
  problems.filter(({ path }) => fields.includes(String(path[0] ?? ''))).length;

/** The text of a field; empty where it is none. */
export const textIn = (fields: Fields, name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');

/** The fields below a field; none where it is not set. */
export const fieldsIn = (fields: Fields, name: string): Fields =>
  typeof fields[name] === 'object' && fields[name] !== null ? (fields[name] as Fields) : {};

/** The texts of a list; none where it is not set. */
export const listIn = (fields: Fields, name: string): string[] =>
  Array.isArray(fields[name]) ? fields[name].map(String) : [];

/** The items of a list, each with fields of its own; none where it is not set. */
export const itemsIn = (fields: Fields, name: string): readonly Fields[] =>
  Array.isArray(fields[name]) ? fields[name] : [];

/** The same fields with one changed; undefined takes it out. */
export function withField(fields: Fields, name: string, value: unknown): Fields {
  const { [name]: _, ...rest } = fields;
  return value === undefined ? rest : { ...fields, [name]: value };
}
