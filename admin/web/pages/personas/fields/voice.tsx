import { NumberField, TextArea, TextField } from '../../../ui/field.tsx';
import { ListField } from '../../../ui/list-field.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { textIn } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { say } from './texts.ts';

/** Who it is. */
export function Voice({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const words = (name: string) => ({
    disabled,
    error: mistake(name),
    value: textIn(fields, name),
    onInput: (value: string) => change(name, value),
  });
  return (
    <div class="stack">
      <div class="columns narrow">
        <TextField label={text.name} hint={text.nameHint} {...words('name')} />
        <SelectField
          label={text.language}
          disabled={disabled}
          error={mistake('language')}
          value={fields.language === 'zh' ? 'zh' : 'en'}
          onChange={(value) => change('language', value)}
          options={[
            { value: 'en', label: 'English' },
            { value: 'zh', label: '中文' },
          ]}
        />
      </div>
      <TextField label={text.description} hint={text.descriptionHint} {...words('description')} />
      <TextArea label={text.profile} hint={text.profileHint} rows={6} spoken {...words('profile')} />
      <TextArea label={text.greeting} hint={text.greetingHint} spoken {...words('greeting')} />
      <TextArea
        label={text.frame}
        hint={text.frameHint}
        optional
        spoken
        {...words('frame')}
        onInput={(value) => change('frame', value === '' ? undefined : value)}
      />
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
        <ListField
          label={text.stop}
          hint={text.stopHint}
          optional
          disabled={disabled}
          error={mistake('stop')}
          values={Array.isArray(fields.stop) ? fields.stop.map(String) : []}
          onChange={(values) => change('stop', values.length > 0 ? values : undefined)}
        />
        <TextField
          label={text.avatar}
          hint={text.avatarHint}
          optional
          {...words('avatar')}
          onInput={(value) => change('avatar', value === '' ? undefined : value)}
        />
        <ListField
          label={text.banned}
          hint={text.bannedHint}
          optional
          disabled={disabled}
          error={mistake('bannedPhrases')}
          values={Array.isArray(fields.bannedPhrases) ? fields.bannedPhrases.map(String) : []}
          onChange={(values) => change('bannedPhrases', values)}
        />
      </div>
      <p class="faint">{text.rest}</p>
    </div>
  );
}
