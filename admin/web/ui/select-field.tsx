import { Field, type Labelled } from './field.tsx';

type SelectProps<Value extends string> = Labelled & {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string }[];
  disabled?: boolean;
};

/** One of a few. */
export function SelectField<Value extends string>({
  label,
  hint,
  error,
  optional = false,
  ...rest
}: SelectProps<Value>) {
  return (
    <Field {...{ label, hint, error, optional }}>
      {(aria) => (
        <select
          {...aria}
          class="input"
          disabled={rest.disabled ?? false}
          value={rest.value}
          onChange={(event) => rest.onChange(event.currentTarget.value as Value)}
        >
          {rest.options.map((it) => (
            <option key={it.value} value={it.value}>
              {it.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
