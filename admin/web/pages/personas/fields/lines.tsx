import { TextArea } from '../../../ui/field.tsx';
import { fieldsIn } from '../draft.ts';
import { below, type FieldsProps } from './props.ts';
import { say } from './texts.ts';

/** Those that a persona may leave out. */
const optional: readonly string[] = ['full', 'cancelled'];
const names = ['error', 'busy', 'full', 'empty', 'refused', 'cancelled'] as const;

/** What it says when there is no reply. */
export function Lines(part: FieldsProps) {
  const text = say();
  const { fields, change } = part;
  return (
    <div class="stack">
      <p class="quiet">{text.linesLead}</p>
      <LinesFields {...below(part, 'lines', fieldsIn(fields, 'lines'), (next) => change('lines', next))} />
    </div>
  );
}

/** The occasions; in a variant each may be left out. */
export function LinesFields({ fields, change, mistake, disabled, varies = false }: FieldsProps & { varies?: boolean }) {
  const text = say();
  return (
    <>
      {names.map((name) => {
        const isOptional = varies || optional.includes(name);
        const said = fields[name];
        return (
          <TextArea
            key={name}
            label={text.lines[name]}
            rows={3}
            spoken
            optional={isOptional}
            disabled={disabled}
            error={mistake(name)}
            value={Array.isArray(said) ? said.join('\n') : String(said ?? '')}
            onInput={(value) => change(name, value === '' && isOptional ? undefined : value.split('\n'))}
          />
        );
      })}
    </>
  );
}
