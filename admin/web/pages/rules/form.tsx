import { useState } from 'preact/hooks';
import type { Scope, SettingName, SettingsPatch } from '../../../../queue/schema/settings.ts';
import type { ScopeRules } from '../../../api/index.ts';
import { get, patch, post } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { toast } from '../../ui/toast.tsx';
import { groups } from './groups.ts';
import { Setting } from './setting.tsx';
import { say } from './texts.ts';

interface Props {
  rules: ScopeRules;
  onSaved: (rules: ScopeRules) => void;
}

/** The rules of a scope. What is changed waits until it is saved, all or none. */
export function RulesForm({ rules, onSaved }: Props) {
  const text = say();
  const [draft, setDraft] = useState<SettingsPatch>({});
  const personas = useResource((signal) => get('/api/personas', { signal }), []);
  const changes = Object.keys(draft).length;

  const change = <Name extends SettingName>(name: Name, value: SettingsPatch[Name]) =>
    setDraft((was) => {
      const { [name]: _, ...rest } = was;
      const same = JSON.stringify(value ?? null) === JSON.stringify(rules.settings[name] ?? null);
      return same ? rest : { ...rest, [name]: value };
    });
  const save = async () => {
    const saved = await patch('/api/rules', { body: { scope: rules.scope as Scope, patch: draft } });
    setDraft({});
    onSaved(saved);
    toast(text.saved, 'good', { label: text.undo, run: undo });
  };
  /** Undoes the newest change of this scope. */
  const undo = async () => {
    const { entries } = await get('/api/audit', { query: { limit: 50 } });
    const last = entries.find((entry) => entry.kind === 'settings' && entry.scope === rules.scope);
    if (!last) return;
    onSaved(await post('/api/audit/:id/undo', { params: { id: last.id } }));
    toast(text.undone);
  };

  return (
    <div class="rules-form">
      {groups.map(({ name, settings }) => {
        const here = settings.filter((it) => rules.settable.includes(it));
        if (here.length === 0) return null;
        return (
          <Section key={name} title={text.groups[name]}>
            <div class="columns">
              {here.map((setting) => (
                <Setting
                  key={setting}
                  name={setting}
                  value={draft[setting] === undefined ? rules.settings[setting] : (draft[setting] ?? undefined)}
                  inherited={rules.effective[setting]}
                  personas={personas.data ?? []}
                  disabled={!may('operator')}
                  onChange={(value) => change(setting, (value ?? null) as never)}
                />
              ))}
            </div>
          </Section>
        );
      })}
      {changes > 0 && (
        <div class="save-bar panel" role="status">
          <span class="grow">{text.changes(changes)}</span>
          <Button onClick={() => setDraft({})}>{text.discard}</Button>
          <Button kind="primary" onClick={save}>
            {text.save}
          </Button>
        </div>
      )}
    </div>
  );
}
