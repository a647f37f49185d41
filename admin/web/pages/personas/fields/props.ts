import { type Fields, withField } from '../draft.ts';

/** What each part of the form gets. */
export interface FieldsProps {
  fields: Fields;
  change: (name: string, value: unknown) => void;
  /** What is wrong at a path or below it; with `here`, what is wrong with that place as a whole. */
  mistake: (path: string, here?: 'here') => string | undefined;
  disabled: boolean;
}

/** The same for fields that lie below others: `path` leads to them. */
export function below(
  { mistake, disabled }: Pick<FieldsProps, 'mistake' | 'disabled'>,
  path: string,
  fields: Fields,
  onFields: (fields: Fields) => void,
): FieldsProps {
  return {
    fields,
    change: (name, value) => onFields(withField(fields, name, value)),
    mistake: (name, here) => mistake(`${path}.${name}`, here),
    disabled,
  };
}

/** What is empty is not set at all. */
export const orNothing = <Value extends object>(value: Value): Value | undefined =>
  Object.keys(value).length > 0 ? value : undefined;
