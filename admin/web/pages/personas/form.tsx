import { useState } from 'preact/hooks';
import { panel, Tabs } from '../../ui/tabs.tsx';
import { toast } from '../../ui/toast.tsx';
import type { Checked } from './check.ts';
import { type Editing, mistakeAt, mistakesIn, withField } from './draft.ts';
import { Examples } from './fields/examples.tsx';
import { Knowledge } from './fields/knowledge.tsx';
import { Lines } from './fields/lines.tsx';
import { Sampling } from './fields/sampling.tsx';
import { Voice } from './fields/voice.tsx';
import { say } from './texts.ts';
import { Yaml } from './yaml.tsx';

interface Props {
  editing: Editing;
  checked: Checked | undefined;
  disabled: boolean;
  onEdit: (editing: Editing) => void;
  /** The other form is turned to; nothing has changed by that. */
  onTurn: (editing: Editing) => void;
}

/** Which fields each tab has. */
const parts = {
  voice: [
    'name',
    'language',
    'description',
    'profile',
    'greeting',
    'frame',
    'replyTokens',
    'stop',
    'avatar',
    'bannedPhrases',
  ],
  examples: ['examples'],
  lines: ['lines'],
  knowledge: ['lorebook', 'refusals'],
  sampling: ['sampling'],
} as const;

type Tab = keyof typeof parts | 'yaml';

/** A persona as a form, or as its YAML text. */
export function Form({ editing, checked, disabled, onEdit, onTurn }: Props) {
  const text = say();
  const [tab, setTab] = useState<Tab>(editing.mode === 'yaml' ? 'yaml' : 'voice');
  const problems = checked?.problems ?? [];
  const choose = (to: Tab) => {
    const mode = to === 'yaml' ? 'yaml' : 'fields';
    if (mode !== editing.mode) {
      // The other form is made by the server, out of this one.
      if (!checked?.yaml || !checked.persona) return toast(text.mendFirst, 'bad');
      onTurn({ ...editing, mode, yaml: checked.yaml, fields: checked.persona });
    }
    setTab(to);
  };
  const part = {
    fields: editing.fields,
    change: (name: string, value: unknown) => onEdit({ ...editing, fields: withField(editing.fields, name, value) }),
    mistake: (path: string) => mistakeAt(problems, path),
    disabled,
  };
  return (
    <div class="workbench-form">
      <Tabs
        label={text.parts}
        chosen={tab}
        onChoose={choose}
        tabs={[
          ...(Object.keys(parts) as (keyof typeof parts)[]).map((name) => ({
            name,
            label: text.tabs[name],
            count: mistakesIn(problems, parts[name]),
          })),
          { name: 'yaml' as const, label: text.tabs.yaml },
        ]}
      />
      <div {...panel(tab)}>
        {tab === 'voice' && <Voice {...part} />}
        {tab === 'examples' && <Examples {...part} />}
        {tab === 'lines' && <Lines {...part} />}
        {tab === 'knowledge' && <Knowledge {...part} />}
        {tab === 'sampling' && <Sampling {...part} />}
        {tab === 'yaml' && (
          <Yaml
            text={editing.yaml}
            problems={problems}
            disabled={disabled}
            onInput={(yaml) => onEdit({ ...editing, yaml })}
          />
        )}
      </div>
    </div>
  );
}
