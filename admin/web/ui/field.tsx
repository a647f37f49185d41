import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { say } from './texts.ts';
import './field.css';

/** What every field has. */
export interface Labelled {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with the value; shown beside it and read out. */
  error?: string | undefined;
  optional?: boolean;
}

interface Aria {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

/** A label, the control that `children` draws with the given attributes, and what is to be said about it. */
export function Field({
  label,
  hint,
  error,
  optional = false,
  children,
}: Labelled & { children: (aria: Aria) => ComponentChildren }) {
  const id = useId();
  const told = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
        {optional && <span class="faint">{say().optional}</span>}
      </label>
      {children({ id, ...(told && { 'aria-describedby': told }), ...(error && { 'aria-invalid': true as const }) })}
      {error && (
        <p id={`${id}-error`} class="field-error" role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextProps = Labelled & {
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password' | 'search' | 'url';
  autocomplete?: string;
  inputmode?: 'numeric' | 'text';
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
  disabled?: boolean;
  maxLength?: number;
};

/** One line of text. */
export function TextField({
  label,
  hint,
  error,
  optional = false,
  value,
  onInput,
  autofocus = false,
  ...rest
}: TextProps) {
  const input = useRef<HTMLInputElement>(null);
  // Before the field is seen: what is typed then must not get lost.
  useLayoutEffect(() => {
    if (autofocus) input.current?.focus();
  }, []);
  return (
    <Field {...{ label, hint, error, optional }}>
      {(aria) => (
        <input
          {...aria}
          {...(rest as object)}
          ref={input}
          class="input"
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type AreaProps = Labelled & {
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  /** Set in the serif in which personas speak. */
  spoken?: boolean;
  disabled?: boolean;
  placeholder?: string;
};

/** Several lines of text; grows with them where the browser can do that. */
export function TextArea({ label, hint, error, optional = false, value, onInput, spoken = false, ...rest }: AreaProps) {
  return (
    <Field {...{ label, hint, error, optional }}>
      {(aria) => (
        <textarea
          {...aria}
          {...rest}
          rows={rest.rows ?? 3}
          class={spoken ? 'input area said' : 'input area'}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type NumberProps = Labelled & {
  /** Undefined where nothing is set. */
  value: number | undefined;
  onInput: (value: number | undefined) => void;
  min?: number;
  max?: number;
  step?: number;
  placeholder?: string;
  disabled?: boolean;
};

/** A number, or nothing. */
export function NumberField({ label, hint, error, optional = false, value, onInput, ...rest }: NumberProps) {
  return (
    <Field {...{ label, hint, error, optional }}>
      {(aria) => (
        <input
          {...aria}
          {...rest}
          type="number"
          step={rest.step ?? 'any'}
          class="input figure"
          value={value === undefined ? '' : String(value)}
          onInput={({ currentTarget }) =>
            onInput(Number.isNaN(currentTarget.valueAsNumber) ? undefined : currentTarget.valueAsNumber)
          }
        />
      )}
    </Field>
  );
}
