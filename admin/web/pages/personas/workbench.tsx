import { useEffect, useState } from 'preact/hooks';
import type { PersonaFile, PlayTurn } from '../../../api/index.ts';
import { may } from '../../api/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Page } from '../../ui/page.tsx';
import { panel, Tabs } from '../../ui/tabs.tsx';
import { Actions } from './actions.tsx';
import { useCheck } from './check.ts';
import { type Editing, keep, textIn, unsaved } from './draft.ts';
import { Form } from './form.tsx';
import { Playground } from './play/playground.tsx';
import { PromptView, TokenBar } from './prompt.tsx';
import { say } from './texts.ts';
import { Versions } from './versions.tsx';

interface Props {
  id: string;
  /** None for a new persona. */
  file: PersonaFile | undefined;
  onChanged: (file: PersonaFile) => void;
}

const sides = ['play', 'prompt', 'versions'] as const;
const NONE: readonly PlayTurn[] = [];

/** The editor, and beside it what can be tried and seen of the persona. */
export function Workbench({ id, file, onChanged }: Props) {
  const text = say();
  const [side, setSide] = useState<(typeof sides)[number]>('play');
  const [turns, setTurns] = useState<readonly PlayTurn[]>(NONE);
  const [asSaved] = useState(() => begin(file));
  const [turned, setTurned] = useState(asSaved);
  const editing = unsaved.value.get(id) ?? turned;
  const { checked, prompt, error } = useCheck(id, editing, turns);
  const dirty = unsaved.value.has(id);

  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);

  return (
    <Page
      title={textIn(editing.fields, 'name') || id}
      above={<a href="/personas">{text.back}</a>}
      lead={
        <span class="row">
          <code>{id}</code>
          {dirty && <Badge tone="warn">{text.unsaved}</Badge>}
          {file && <Badge>{text.source[file.source]}</Badge>}
        </span>
      }
      actions={<Actions {...{ id, file, editing, checked, onChanged }} />}
    >
      {!may('operator') && <p class="notice">{text.readOnly}</p>}
      <TokenBar bar={prompt?.bar} />
      <div class="workbench">
        <Form
          id={id}
          editing={editing}
          checked={checked}
          disabled={!may('operator')}
          onEdit={(next) => keep(id, next)}
          onTurn={(next) => (dirty ? keep(id, next) : setTurned(next))}
        />
        <div class="workbench-side">
          <Tabs
            label={text.side}
            tabs={sides.map((name) => ({ name, label: text.sides[name] }))}
            chosen={side}
            onChoose={setSide}
          />
          <div {...panel(side)}>
            {side === 'play' && <Playground id={id} editing={editing} onTurns={setTurns} />}
            {side === 'prompt' && <PromptView prompt={prompt} error={error} mistakes={checked?.problems.length ?? 0} />}
            {side === 'versions' && (
              <Versions
                id={id}
                yaml={checked?.yaml ?? file?.yaml ?? ''}
                revision={file?.revision}
                onRestored={onChanged}
              />
            )}
          </div>
        </div>
      </div>
    </Page>
  );
}

/** A file as it is first shown: as fields, or as text where it cannot be read. */
function begin(file: PersonaFile | undefined): Editing {
  return {
    mode: file && file.persona === null ? 'yaml' : 'fields',
    fields: file?.persona ?? {},
    yaml: file?.yaml ?? '',
    revision: file?.revision ?? null,
  };
}
