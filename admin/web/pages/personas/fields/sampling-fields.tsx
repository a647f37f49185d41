import { NumberField } from '../../../ui/field.tsx';
import { list } from '../../../ui/format.ts';
import { fieldsIn } from '../draft.ts';
import { below, type FieldsProps, orNothing } from './props.ts';
import { say } from './texts.ts';

const numbers = [
  { name: 'temperature', min: 0, max: 2, step: 0.05 },
  { name: 'minP', min: 0, max: 0.9, step: 0.01 },
  { name: 'topP', min: 0, max: 1, step: 0.01 },
  { name: 'topK', min: 0, max: 1000, step: 1 },
  { name: 'repetitionPenalty', min: 1, max: 1.5, step: 0.01 },
] as const;

const dryNumbers = [
  { name: 'multiplier', min: 0, max: 5, step: 0.1 },
  { name: 'base', min: 1, max: 4, step: 0.05 },
  { name: 'allowedLength', min: 1, max: 20, step: 1 },
] as const;

/** How words are drawn, number by number. One that is left empty is not set. */
export function SamplingFields(part: FieldsProps & { hints?: boolean }) {
  const text = say();
  const { fields, change, hints = false } = part;
  const dry = below(part, 'dry', fieldsIn(fields, 'dry'), (next) => change('dry', orNothing(next)));
  const control = (of: FieldsProps, name: string) => ({
    disabled: of.disabled,
    optional: true,
    error: of.mistake(name),
    value: typeof of.fields[name] === 'number' ? of.fields[name] : undefined,
    onInput: (value: number | undefined) => of.change(name, value),
  });
  return (
    <>
      <div class="columns narrow">
        {numbers.map(({ name, ...bounds }) => (
          <NumberField
            key={name}
            label={text[name]}
            {...(hints && { hint: text.samplingHints[name] })}
            {...bounds}
            {...control(part, name)}
          />
        ))}
      </div>
      <fieldset class="repeated">
        <legend class="label">{text.dry}</legend>
        <div class="columns narrow">
          {dryNumbers.map(({ name, ...bounds }) => (
            <NumberField key={name} label={text[name]} {...bounds} {...control(dry, name)} />
          ))}
        </div>
      </fieldset>
    </>
  );
}

/** What is set of them, in words. */
export function samplingWords(fields: FieldsProps['fields']): string {
  const text = say();
  const { dry: _, ...own } = fields;
  const set = Object.entries({ ...own, ...fieldsIn(fields, 'dry') });
  return list(set.map(([name, value]) => `${text[name as 'temperature'] ?? name} ${value}`));
}
