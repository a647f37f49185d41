import { TextField } from '../../../ui/field.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { textIn } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { Speech } from './speech.tsx';
import { say } from './texts.ts';

/** Who it is. */
export function Voice(part: FieldsProps) {
  const { fields, change, mistake, disabled } = part;
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
      <Speech {...part} />
      <TextField
        label={text.avatar}
        hint={text.avatarHint}
        optional
        {...words('avatar')}
        onInput={(value) => change('avatar', value === '' ? undefined : value)}
      />
      <Switch
        label={text.nsfw}
        hint={text.nsfwHint}
        disabled={disabled}
        on={fields.nsfw === true}
        onChange={(on) => change('nsfw', on || undefined)}
      />
    </div>
  );
}
