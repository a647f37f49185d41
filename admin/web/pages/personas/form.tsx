import { useRef, useState } from 'preact/hooks';
import { post } from '../../api/client.ts';
import { mistakeAt, mistakeText } from '../../api/mistakes.ts';
import { panel, Tabs } from '../../ui/tabs.tsx';
import { report, toast } from '../../ui/toast.tsx';
import type { Checked } from './check.ts';
import { draftOf, type Editing, mistakesIn, withField } from './draft.ts';
import { Examples } from './fields/examples.tsx';
import { Knowledge } from './fields/knowledge.tsx';
import { Lines } from './fields/lines.tsx';
import { Sampling } from './fields/sampling.tsx';
import { Variants } from './fields/variants.tsx';
import { Voice } from './fields/voice.tsx';
import { say } from './texts.ts';
import { Yaml } from './yaml.tsx';

interface Props {
  id: string;
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
    ...['name', 'language', 'description', 'profile', 'frame', 'greeting', 'greetings'],
    ...['replyTokens', 'stop', 'bannedPhrases', 'avatar', 'nsfw'],
  ],
  examples: ['examples'],
  lines: ['lines'],
  knowledge: ['lorebook', 'refusals'],
  sampling: ['sampling', 'moods'],
  variants: ['variants'],
} as const satisfies Record<string, readonly string[]>;

const everyPart = Object.values(parts).flat() as readonly string[];

type Tab = keyof typeof parts | 'yaml';

/** A persona as a form, or as its YAML text. */
export function Form({ id, editing, checked, disabled, onEdit, onTurn }: Props) {
  const text = say();
  const [tab, setTab] = useState<Tab>(editing.mode === 'yaml' ? 'yaml' : 'voice');
  const problems = checked?.problems ?? [];
  const newest = useRef(editing);
  newest.current = editing;
  const choose = async (to: Tab): Promise<void> => {
    const mode = to === 'yaml' ? 'yaml' : 'fields';
    if (mode === editing.mode) return setTab(to);
    // The other form is made by the server, out of this one as it stands now: what was checked last may be older.
    const { yaml, persona } = await post('/api/personas/:id/check', { params: { id }, body: draftOf(editing) });
    if (newest.current !== editing) return;
    if (yaml === null || persona === null) return toast(text.mendFirst, 'bad');
    onTurn({ ...editing, mode, yaml, fields: persona });
    setTab(to);
  };
  // No field shows them, and yet they keep it from being saved.
  const elsewhere = problems.filter(({ path }) => !everyPart.includes(String(path[0] ?? '')));
  const part = {
    fields: editing.fields,
    change: (name: string, value: unknown) => onEdit({ ...editing, fields: withField(editing.fields, name, value) }),
    mistake: (path: string, here?: 'here') => mistakeAt(problems, path, here === 'here'),
    disabled,
  };
  return (
    <div class="workbench-form">
      <Tabs
        label={text.parts}
        chosen={tab}
        onChoose={(to) => void choose(to).catch(report)}
        tabs={[
          ...(Object.keys(parts) as (keyof typeof parts)[]).map((name) => ({
            name,
            label: text.tabs[name],
            count: mistakesIn(problems, parts[name]),
          })),
          { name: 'yaml' as const, label: text.tabs.yaml },
        ]}
      />
      {tab !== 'yaml' && elsewhere.length > 0 && (
        <div class="notice bad" role="alert">
          <ul>
            {elsewhere.map((problem) => (
              <li key={`${problem.path.join('.')} ${problem.message}`}>{mistakeText(problem)}</li>
            ))}
          </ul>
        </div>
      )}
      <div {...panel(tab)}>
        {tab === 'voice' && <Voice {...part} />}
        {tab === 'examples' && <Examples {...part} />}
        {tab === 'lines' && <Lines {...part} />}
        {tab === 'knowledge' && <Knowledge {...part} />}
        {tab === 'sampling' && <Sampling {...part} />}
        {tab === 'variants' && <Variants {...part} />}
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
