import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { ListField } from '../../../ui/list-field.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { type Fields, fieldsIn, textIn, withField } from '../draft.ts';
import type { FieldsProps } from './props.ts';
import { say } from './texts.ts';

/** What it knows, and what it will have no part in. */
export function Knowledge({ fields, change, mistake, disabled }: FieldsProps) {
  const text = say();
  const book = fieldsIn(fields, 'lorebook');
  const entries: readonly Fields[] = Array.isArray(book.entries) ? book.entries : [];
  const refusals = fieldsIn(fields, 'refusals');
  const setEntries = (next: readonly Fields[]) => change('lorebook', withField(book, 'entries', next));
  const set = (at: number, name: string, value: unknown) =>
    setEntries(entries.map((entry, index) => (index === at ? withField(entry, name, value) : entry)));
  return (
    <div class="stack">
      <h2>{text.lore}</h2>
      <p class="quiet">{text.loreLead}</p>
      {entries.map((entry, at) => (
        <fieldset key={at} class="example" disabled={disabled}>
          <legend class="label">{text.entry(at + 1)}</legend>
          <ListField
            label={text.keys}
            disabled={disabled}
            error={mistake(`lorebook.entries.${at}.keys`)}
            values={listIn(entry, 'keys')}
            onChange={(keys) => set(at, 'keys', keys)}
          />
          <TextArea
            label={text.content}
            spoken
            value={textIn(entry, 'content')}
            error={mistake(`lorebook.entries.${at}.content`)}
            onInput={(content) => set(at, 'content', content)}
          />
          <Switch
            label={text.constant}
            on={entry.constant === true}
            disabled={disabled}
            onChange={(on) => set(at, 'constant', on)}
          />
          {!disabled && (
            <div class="example-actions">
              <button
                type="button"
                class="bare"
                aria-label={text.removeEntry(at + 1)}
                onClick={() => setEntries(entries.filter((_, index) => index !== at))}
              >
                <Icon name="close" />
              </button>
            </div>
          )}
        </fieldset>
      ))}
      {!disabled && (
        <div class="row">
          <Button onClick={() => setEntries([...entries, { keys: [], content: '' }])}>{text.addEntry}</Button>
        </div>
      )}
      <h2>{text.refusals}</h2>
      {(['input', 'output'] as const).map((name) => (
        <ListField
          key={name}
          label={text[name]}
          hint={text.patternHint}
          disabled={disabled}
          error={mistake(`refusals.${name}`)}
          values={listIn(refusals, name)}
          onChange={(patterns) => change('refusals', withField(refusals, name, patterns))}
        />
      ))}
    </div>
  );
}

const listIn = (fields: Fields, name: string): string[] => {
  const list = fields[name];
  return Array.isArray(list) ? list.map(String) : [];
};
