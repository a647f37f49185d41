import { NumberField, TextArea } from '../../../ui/field.tsx';
import { ListField } from '../../../ui/list-field.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { fieldsIn, itemsIn, listIn, textIn } from '../draft.ts';
import { Exchanges } from './exchanges.tsx';
import { Folded } from './folded.tsx';
import { below, type FieldsProps } from './props.ts';
import { Repeated } from './repeated.tsx';
import { say } from './texts.ts';

/** What it knows, and what it will have no part in. */
export function Knowledge(part: FieldsProps) {
  const { fields, change } = part;
  return (
    <div class="stack">
      <Lorebook {...below(part, 'lorebook', fieldsIn(fields, 'lorebook'), (next) => change('lorebook', next))} />
      <Refusals {...below(part, 'refusals', fieldsIn(fields, 'refusals'), (next) => change('refusals', next))} />
    </div>
  );
}

function Lorebook({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  return (
    <>
      <h2>{text.lore}</h2>
      <p class="quiet">{text.loreLead}</p>
      <NumberField
        label={text.tokenBudget}
        hint={text.tokenBudgetHint}
        optional
        min={16}
        max={4096}
        step={1}
        disabled={disabled}
        error={mistake('tokenBudget')}
        value={typeof fields.tokenBudget === 'number' ? fields.tokenBudget : undefined}
        onInput={(value) => change('tokenBudget', value)}
      />
      <Repeated
        items={itemsIn(fields, 'entries')}
        onItems={(entries) => change('entries', entries)}
        fresh={{ keys: [], content: '' }}
        most={500}
        words={text.entries}
        error={mistake('entries', 'here')}
        disabled={disabled}
      >
        {(entry, at, set) => <Entry {...below({ mistake, disabled }, `entries.${at}`, entry, set)} />}
      </Repeated>
    </>
  );
}

const rare = ['secondaryKeys', 'caseSensitive', 'priority', 'position'] as const;

function Entry({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const keys = (name: string) => ({
    disabled,
    error: mistake(name),
    values: listIn(fields, name),
    onChange: (values: string[]) => change(name, values),
  });
  return (
    <>
      <ListField label={text.keys} {...keys('keys')} />
      <TextArea
        label={text.content}
        spoken
        value={textIn(fields, 'content')}
        error={mistake('content')}
        onInput={(content) => change('content', content)}
      />
      <Switch
        label={text.constant}
        on={fields.constant === true}
        disabled={disabled}
        onChange={(on) => change('constant', on)}
      />
      <Folded title={text.more} mistake={rare.map((name) => mistake(name)).find((it) => it !== undefined)}>
        <ListField label={text.secondaryKeys} hint={text.secondaryKeysHint} optional {...keys('secondaryKeys')} />
        <div class="columns narrow">
          <NumberField
            label={text.priority}
            hint={text.priorityHint}
            optional
            step={1}
            disabled={disabled}
            error={mistake('priority')}
            value={typeof fields.priority === 'number' ? fields.priority : undefined}
            onInput={(value) => change('priority', value)}
          />
          <SelectField
            label={text.position}
            hint={text.positionHint}
            disabled={disabled}
            error={mistake('position')}
            value={fields.position === 'before' ? 'before' : 'after'}
            onChange={(value) => change('position', value)}
            options={(['after', 'before'] as const).map((value) => ({ value, label: text.positions[value] }))}
          />
        </div>
        <Switch
          label={text.caseSensitive}
          on={fields.caseSensitive === true}
          disabled={disabled}
          onChange={(on) => change('caseSensitive', on)}
        />
      </Folded>
    </>
  );
}

function Refusals(part: FieldsProps) {
  const text = say();
  const { fields, change, mistake, disabled } = part;
  return (
    <>
      <h2>{text.refusals}</h2>
      {(['input', 'output'] as const).map((name) => (
        <ListField
          key={name}
          label={text[name]}
          hint={text.patternHint}
          disabled={disabled}
          error={mistake(name)}
          values={listIn(fields, name)}
          onChange={(patterns) => change(name, patterns)}
        />
      ))}
      <h3>{text.refusalExamples}</h3>
      <p class="quiet">{text.refusalExamplesLead}</p>
      <Exchanges {...part} words={text.refusalWords} most={6} />
    </>
  );
}
