import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { PersonaFile } from '../../../api/index.ts';
import { del, file as fileAt } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { Filter } from '../../ui/filter.tsx';
import { toast } from '../../ui/toast.tsx';
import type { Checked } from './check.ts';
import { type Editing, keep, textIn, unsaved } from './draft.ts';
import { NewPersona } from './new.tsx';
import { Save } from './save.tsx';
import { say } from './texts.ts';

interface Props {
  id: string;
  file: PersonaFile | undefined;
  editing: Editing;
  checked: Checked | undefined;
  onChanged: (file: PersonaFile) => void;
}

/** What can be done with a persona as a whole. */
export function Actions({ id, file, editing, checked, onChanged }: Props) {
  const { route } = useLocation();
  const text = say();
  const [open, setOpen] = useState<'save' | 'copy'>();
  const name = textIn(editing.fields, 'name') || id;
  const dirty = unsaved.value.has(id);
  const remove = async () => {
    const body = file?.replacesBuiltIn ? text.removeOver : text.removeOwn;
    if (!(await confirm({ title: text.removeTitle(name), body, action: text.remove, danger: true }))) return;
    await del('/api/personas/:id', { params: { id } });
    keep(id, undefined);
    toast(text.removed(name));
    route('/personas');
  };
  const card = file && <ExportCard id={id} />;
  if (!may('operator')) return card;
  return (
    <>
      {dirty && (
        <Button
          kind="ghost"
          onClick={() => {
            keep(id, undefined);
            if (!file) route('/personas');
          }}
        >
          {text.discard}
        </Button>
      )}
      {card}
      {file?.source === 'own' && (
        <Button kind="danger" onClick={remove}>
          {text.remove}
        </Button>
      )}
      <Button onClick={() => setOpen('copy')}>{text.duplicate}</Button>
      <Button kind="primary" disabled={!dirty || (checked?.problems.length ?? 1) > 0} onClick={() => setOpen('save')}>
        {text.save}
      </Button>
      {open === 'save' && (
        <Save
          {...{ id, editing, yaml: checked?.yaml ?? '' }}
          onClose={() => setOpen(undefined)}
          onSaved={(saved) => {
            setOpen(undefined);
            keep(id, undefined);
            onChanged(saved);
          }}
        />
      )}
      {open === 'copy' && (
        <NewPersona
          title={text.copyOf(name)}
          onClose={() => setOpen(undefined)}
          onChosen={(copy) => {
            keep(copy, { ...editing, revision: null });
            route(`/personas/${copy}`);
          }}
        />
      )}
    </>
  );
}

/** The saved persona as a Character Card, in the form that is chosen. */
function ExportCard({ id }: { id: string }) {
  const download = (to: string) => {
    if (to !== 'png' && to !== 'json' && to !== 'charx') return;
    // A link, because it leaves the page where it is: unsaved work is not asked about.
    const link = document.createElement('a');
    link.href = fileAt('/api/personas/:id/card', { params: { id }, query: { to } });
    link.download = '';
    link.click();
  };
  return (
    <Filter
      label={say().exportAs}
      value=""
      onChange={download}
      options={[
        { value: '', label: say().exportAs },
        { value: 'png', label: 'PNG' },
        { value: 'json', label: 'JSON' },
        { value: 'charx', label: 'CHARX' },
      ]}
    />
  );
}
