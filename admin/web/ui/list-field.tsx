import { useState } from 'preact/hooks';
import { Field, type Labelled } from './field.tsx';
import { Icon } from './icon.tsx';
import { say } from './texts.ts';
import './list-field.css';

type Props = Labelled & {
  values: readonly string[];
  onChange: (values: string[]) => void;
  placeholder?: string;
  disabled?: boolean;
};

/** A set of short texts: Enter or a comma adds one, Backspace in the empty field takes the last one away. */
export function ListField({ values, onChange, placeholder, disabled = false, ...labelled }: Props) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const fresh = typed
      .split(/[,\n]/)
      .map((it) => it.trim())
      .filter((it) => it !== '' && !values.includes(it));
    setTyped('');
    if (fresh.length > 0) onChange([...values, ...new Set(fresh)]);
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && typed === '' && values.length > 0) onChange(values.slice(0, -1));
  };
  return (
    <Field {...labelled}>
      {(aria) => (
        <div class="input list-field">
          {values.map((value) => (
            <span key={value} class="list-item">
              {value}
              {!disabled && (
                <button
                  type="button"
                  class="bare"
                  aria-label={say().remove(value)}
                  onClick={() => onChange(values.filter((it) => it !== value))}
                >
                  <Icon name="close" />
                </button>
              )}
            </span>
          ))}
          <input
            {...aria}
            value={typed}
            disabled={disabled}
            placeholder={values.length === 0 ? placeholder : ''}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={press}
            onBlur={add}
          />
        </div>
      )}
    </Field>
  );
}
