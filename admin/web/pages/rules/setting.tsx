import type { SettingName } from '../../../../queue/schema/settings.ts';
import type { PersonaLine } from '../../../api/index.ts';
import { NumberField, TextField } from '../../ui/field.tsx';
import { number, pair } from '../../ui/format.ts';
import { ListField } from '../../ui/list-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { type Kind, kinds } from './groups.ts';
import { sayOf, sayValue } from './setting-texts.ts';
import { say } from './texts.ts';

interface Props {
  name: SettingName;
  /** Undefined where this scope says nothing. */
  value: unknown;
  /** What holds if this scope says nothing. */
  inherited: unknown;
  personas: readonly PersonaLine[];
  disabled: boolean;
  onChange: (value: unknown) => void;
}

/** The field of one rule. Left empty, the wider scopes count. */
export function Setting({ name, value, inherited, personas, disabled, onChange }: Props) {
  const text = say();
  const kind = kinds[name];
  const { label, hint } = sayOf()[name];
  const common = { label, hint, disabled };
  // A switch that nobody has set is off.
  const unset = inheritedWords(inherited ?? (kind.type === 'switch' ? false : undefined));
  switch (kind.type) {
    case 'number':
      return (
        <NumberField
          {...common}
          min={kind.min}
          step={1}
          placeholder={unset}
          value={value as number | undefined}
          onInput={onChange}
        />
      );
    case 'text':
      return (
        <TextField
          placeholder={unset}
          {...common}
          maxLength={500}
          value={(value as string | undefined) ?? ''}
          onInput={(it) => onChange(it || undefined)}
        />
      );
    case 'ids':
    case 'words':
      return (
        <ListField
          {...common}
          placeholder={kind.type === 'ids' ? text.ids : ''}
          values={(value as string[] | undefined) ?? []}
          onChange={(it) => onChange(it.length > 0 ? it : undefined)}
        />
      );
    case 'switch':
      return (
        <Choice
          {...common}
          unset={unset}
          value={value === undefined ? '' : String(value)}
          onChange={(it) => onChange(it === '' ? undefined : it === 'true')}
          options={[
            { value: 'true', label: text.yes },
            { value: 'false', label: text.no },
          ]}
        />
      );
    case 'choice':
    case 'locale':
    case 'persona':
      return (
        <Choice
          {...common}
          unset={unset}
          value={(value as string | undefined) ?? ''}
          onChange={(it) => onChange(it || undefined)}
          options={optionsOf(kind, personas, value)}
        />
      );
  }
}

/** What can be chosen. A persona that is set but no longer there must not look as if another one were chosen. */
function optionsOf(kind: ChoiceKind, personas: readonly PersonaLine[], value: unknown): Option[] {
  switch (kind.type) {
    case 'choice':
      return kind.values.map((it) => ({ value: it, label: sayValue()[it] }));
    case 'locale':
      return [
        { value: 'en', label: 'English' },
        { value: 'zh', label: '中文' },
      ];
    case 'persona': {
      const there = personas.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
      return typeof value !== 'string' || there.some((it) => it.value === value)
        ? there
        : [...there, { value, label: value }];
    }
  }
}

type ChoiceKind = Extract<Kind, { type: 'choice' | 'locale' | 'persona' }>;

interface Option {
  value: string;
  label: string;
}

interface ChoiceProps {
  label: string;
  hint: string;
  disabled: boolean;
  unset: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly Option[];
}

const Choice = ({ unset, options, ...rest }: ChoiceProps) => (
  <SelectField
    {...rest}
    options={[{ value: '', label: unset ? pair(say().default, unset) : say().default }, ...options]}
  />
);

function inheritedWords(inherited: unknown): string {
  const text = say();
  if (typeof inherited === 'boolean') return inherited ? text.yes : text.no;
  if (typeof inherited === 'number') return number(inherited);
  if (typeof inherited !== 'string') return '';
  return (sayValue() as Readonly<Record<string, string>>)[inherited] ?? inherited;
}
