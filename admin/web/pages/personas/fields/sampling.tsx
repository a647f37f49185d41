import { fieldsIn } from '../draft.ts';
import { Moods } from './moods.tsx';
import { below, type FieldsProps } from './props.ts';
import { SamplingFields } from './sampling-fields.tsx';
import { say } from './texts.ts';

/** How words are drawn, always and in a mood. */
export function Sampling(part: FieldsProps) {
  const text = say();
  const { fields, change } = part;
  return (
    <div class="stack">
      <p class="quiet">{text.samplingLead}</p>
      <SamplingFields
        hints
        {...below(part, 'sampling', fieldsIn(fields, 'sampling'), (next) => change('sampling', next))}
      />
      <Moods {...part} />
    </div>
  );
}
