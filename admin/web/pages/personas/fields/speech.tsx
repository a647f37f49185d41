import { NumberField, TextArea } from '../../../ui/field.tsx';
import { ListField } from '../../../ui/list-field.tsx';
import { listIn, textIn } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { Repeated } from './repeated.tsx';
import { say } from './texts.ts';

interface Props extends FieldsProps {
  /** Of a variant: what is left empty stays as it is everywhere. */
  varies?: boolean;
}

/** Who speaks and how it begins. */
export function Speech({ fields, change, mistake, disabled, varies = false }: Props) {
  const text = say();
  const words = (name: string, optional = varies) => ({
    disabled,
    optional,
    spoken: true,
    error: mistake(name),
    value: textIn(fields, name),
    onInput: (value: string) => change(name, value === '' && optional ? undefined : value),
  });
  const list = (name: string) => ({
    disabled,
    optional: true,
    error: mistake(name),
    values: listIn(fields, name),
    onChange: (values: string[]) => change(name, values.length > 0 ? values : undefined),
  });
  return (
    <>
      <TextArea label={text.profile} hint={text.profileHint} rows={6} {...words('profile')} />
      <TextArea label={text.frame} hint={text.frameHint} {...words('frame', true)} />
      <TextArea label={text.greeting} hint={text.greetingHint} {...words('greeting')} />
      <Repeated
        items={listIn(fields, 'greetings')}
        onItems={(greetings) => change('greetings', greetings.length > 0 || !varies ? greetings : undefined)}
        fresh=""
        most={20}
        words={text.greetings}
        error={mistake('greetings', 'here')}
        disabled={disabled}
      >
        {(greeting, at, set) => (
          <TextArea
            label={text.otherGreeting}
            rows={1}
            spoken
            value={greeting}
            error={mistake(`greetings.${at}`)}
            onInput={set}
          />
        )}
      </Repeated>
      <div class="columns narrow">
        <NumberField
          label={text.replyTokens}
          hint={text.replyTokensHint}
          optional
          min={96}
          max={2048}
          step={1}
          disabled={disabled}
          error={mistake('replyTokens')}
          value={typeof fields.replyTokens === 'number' ? fields.replyTokens : undefined}
          onInput={(value) => change('replyTokens', value)}
        />
        <ListField label={text.stop} hint={text.stopHint} {...list('stop')} />
        <ListField label={text.banned} hint={text.bannedHint} {...list('bannedPhrases')} />
      </div>
    </>
  );
}
