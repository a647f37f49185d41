import type { PersonaLine, SamplingOverride } from '../../../../api/index.ts';
import { NumberField } from '../../../ui/field.tsx';
import { list, pair } from '../../../ui/format.ts';
import { SelectField } from '../../../ui/select-field.tsx';
import { say } from './texts.ts';

/** Who answers in a lane, and what of the sampling is different. */
export interface Choice {
  /** Empty: the one in the editor. */
  persona: string;
  sampling: SamplingOverride;
  maxTokens?: number;
  seed?: number;
}

export const NO_CHOICE: Choice = { persona: '', sampling: {} };

interface Props {
  choice: Choice;
  personas: readonly PersonaLine[];
  onChoice: (choice: Choice) => void;
}

const numbers = [
  { name: 'temperature', min: 0, max: 2, step: 0.05 },
  { name: 'minP', min: 0, max: 0.9, step: 0.01 },
  { name: 'topP', min: 0, max: 1, step: 0.01 },
  { name: 'topK', min: 0, max: 1000, step: 1 },
] as const;

/** Chooses both. */
export function ChoiceFields({ choice, personas, onChoice }: Props) {
  const text = say();
  const without = <Value extends object, Name extends keyof Value>(value: Value, name: Name) => {
    const { [name]: _, ...rest } = value;
    return rest;
  };
  return (
    <div class="stack tight">
      <SelectField
        label={text.who}
        value={choice.persona}
        onChange={(persona) => onChoice({ ...choice, persona })}
        options={[{ value: '', label: text.draft }, ...personas.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <details class="sampling">
        <summary>{pair(text.sampling, words(choice) || text.asPersona)}</summary>
        <div class="sampling-fields">
          {numbers.map(({ name, ...bounds }) => (
            <NumberField
              key={name}
              label={text[name]}
              {...bounds}
              value={choice.sampling[name]}
              onInput={(value) =>
                onChoice({
                  ...choice,
                  sampling:
                    value === undefined ? without(choice.sampling, name) : { ...choice.sampling, [name]: value },
                })
              }
            />
          ))}
          <NumberField
            label={text.maxTokens}
            min={1}
            max={2048}
            step={1}
            value={choice.maxTokens}
            onInput={(maxTokens) =>
              onChoice(maxTokens === undefined ? without(choice, 'maxTokens') : { ...choice, maxTokens })
            }
          />
          <NumberField
            label={text.seed}
            min={0}
            step={1}
            value={choice.seed}
            onInput={(seed) => onChoice(seed === undefined ? without(choice, 'seed') : { ...choice, seed })}
          />
        </div>
      </details>
    </div>
  );
}

const words = ({ sampling, maxTokens, seed }: Choice) =>
  list(
    [...Object.entries(sampling), ...Object.entries({ maxTokens, seed })]
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${say()[name as 'temperature']} ${value}`),
  );
