import type { Fields } from '../draft.ts';

/** What each part of the form gets. */
export interface FieldsProps {
  fields: Fields;
  change: (name: string, value: unknown) => void;
  /** What is wrong at a path. */
  mistake: (path: string) => string | undefined;
  disabled: boolean;
}
