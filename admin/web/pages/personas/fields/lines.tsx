import { TextArea } from '../../../ui/field.tsx';
import { fieldsIn, withField } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { say } from './texts.ts';

/** Those that a persona may leave out. */
const optional: readonly string[] = ['full', 'cancelled'];
const names = ['error', 'busy', 'full', 'empty', 'refused', 'cancelled'] as const;

/** What it says when there is no reply. */
export function Lines({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const lines = fieldsIn(fields, 'lines');
  return (
    <div class="stack">
      <p class="quiet">{text.linesLead}</p>
      {names.map((name) => (
        <TextArea
          key={name}
          label={text.lines[name]}
          rows={3}
          spoken
          optional={optional.includes(name)}
          disabled={disabled}
          error={mistake(`lines.${name}`)}
          value={Array.isArray(lines[name]) ? lines[name].join('\n') : String(lines[name] ?? '')}
          onInput={(value) =>
            change(
              'lines',
              withField(lines, name, value === '' && optional.includes(name) ? undefined : value.split('\n')),
            )
          }
        />
      ))}
    </div>
  );
}
