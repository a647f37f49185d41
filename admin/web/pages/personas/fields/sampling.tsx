import { NumberField } from '../../../ui/field.tsx';
import { type Fields, fieldsIn, withField } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { say } from './texts.ts';

/** How words are drawn. An empty field means the default. */
export function Sampling({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const sampling = fieldsIn(fields, 'sampling');
  const dry = fieldsIn(sampling, 'dry');
  const field = (of: Fields, name: string, path: string, set: (value: number | undefined) => void) => ({
    disabled,
    optional: true,
    error: mistake(`${path}.${name}`),
    value: typeof of[name] === 'number' ? of[name] : undefined,
    onInput: set,
  });
  const own = (name: string) =>
    field(sampling, name, 'sampling', (value) => change('sampling', withField(sampling, name, value)));
  const inDry = (name: string) =>
    field(dry, name, 'sampling.dry', (value) =>
      change('sampling', withField(sampling, 'dry', withField(dry, name, value))),
    );
  return (
    <div class="stack">
      <p class="quiet">{text.samplingLead}</p>
      <div class="columns narrow">
        <NumberField
          label={text.temperature}
          hint={text.temperatureHint}
          min={0}
          max={2}
          step={0.05}
          {...own('temperature')}
        />
        <NumberField label={text.minP} hint={text.minPHint} min={0} max={0.9} step={0.01} {...own('minP')} />
        <NumberField label={text.topP} hint={text.topPHint} min={0} max={1} step={0.01} {...own('topP')} />
        <NumberField label={text.topK} hint={text.topKHint} min={0} max={1000} step={1} {...own('topK')} />
        <NumberField
          label={text.repetitionPenalty}
          hint={text.repetitionPenaltyHint}
          min={1}
          max={1.5}
          step={0.01}
          {...own('repetitionPenalty')}
        />
      </div>
      <h2>{text.dry}</h2>
      <div class="columns narrow">
        <NumberField label={text.multiplier} min={0} max={5} step={0.1} {...inDry('multiplier')} />
        <NumberField label={text.base} min={1} max={4} step={0.05} {...inDry('base')} />
        <NumberField label={text.allowedLength} min={1} max={20} step={1} {...inDry('allowedLength')} />
      </div>
    </div>
  );
}
