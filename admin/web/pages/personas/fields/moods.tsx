import { useState } from 'preact/hooks';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { fieldsIn, withField } from '../draft.ts';
import { Folded } from './folded.tsx';
import { below, type FieldsProps } from './props.ts';
import { SamplingFields, samplingWords } from './sampling-fields.tsx';
import { say } from './texts.ts';

/** Named changes of the sampling, for `/mood`. */
export function Moods({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const [typed, setTyped] = useState('');
  const [fresh, setFresh] = useState('');
  const moods = fieldsIn(fields, 'moods');
  const name = typed.trim();
  const isTaken = Object.hasOwn(moods, name);
  const add = () => {
    change('moods', { ...moods, [name]: {} });
    setFresh(name);
    setTyped('');
  };
  return (
    <div class="stack">
      <h2>{text.moods}</h2>
      <p class="quiet">{text.moodsLead}</p>
      {mistake('moods', 'here') && (
        <p class="field-error" role="alert">
          {mistake('moods', 'here')}
        </p>
      )}
      {Object.keys(moods).map((mood) => {
        const sampling = fieldsIn(moods, mood);
        const set = (next: unknown) => change('moods', withField(moods, mood, next));
        return (
          <Folded
            key={mood}
            title={mood}
            summary={samplingWords(sampling) || text.changesNothing}
            open={mood === fresh}
            mistake={mistake(`moods.${mood}`)}
          >
            {mistake(`moods.${mood}`, 'here') && (
              <p class="field-error" role="alert">
                {mistake(`moods.${mood}`, 'here')}
              </p>
            )}
            <SamplingFields {...below({ mistake, disabled }, `moods.${mood}`, sampling, set)} />
            {!disabled && (
              <div class="row">
                <Button small onClick={() => set(undefined)}>
                  {text.removeMood(mood)}
                </Button>
              </div>
            )}
          </Folded>
        );
      })}
      {!disabled && (
        <form
          class="row bottom"
          onSubmit={(event) => {
            event.preventDefault();
            if (name !== '' && !isTaken) add();
          }}
        >
          <TextField
            label={text.newMood}
            value={typed}
            onInput={setTyped}
            maxLength={24}
            placeholder="calm"
            error={isTaken ? text.moodTaken : undefined}
          />
          <button type="submit" class="button" disabled={name === '' || isTaken}>
            {text.addMood}
          </button>
        </form>
      )}
    </div>
  );
}
