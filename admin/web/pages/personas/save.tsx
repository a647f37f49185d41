import { useState } from 'preact/hooks';
import type { PersonaFile } from '../../../api/index.ts';
import { get, put } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { TextField } from '../../ui/field.tsx';
import { toast } from '../../ui/toast.tsx';
import { draftOf, type Editing } from './draft.ts';
import { say } from './texts.ts';

interface Props {
  id: string;
  editing: Editing;
  /** The draft as text, to be compared. */
  yaml: string;
  onClose: () => void;
  onSaved: (file: PersonaFile) => void;
}

/** Saves with a note; when somebody was faster, shows what differs and asks whose version counts. */
export function Save({ id, editing, yaml, onClose, onSaved }: Props) {
  const text = say();
  const [note, setNote] = useState('');
  const [theirs, setTheirs] = useState<PersonaFile>();
  const save = async (revision: string | null) => {
    try {
      const saved = await put('/api/personas/:id', {
        params: { id },
        body: { draft: draftOf(editing), revision, note },
      });
      toast(text.saved);
      onSaved(saved);
    } catch (error) {
      if (!isProblem(error, 'WISECRACK_ADMIN_OVERTAKEN')) throw error;
      setTheirs(await get('/api/personas/:id', { params: { id } }));
    }
  };
  if (theirs)
    return (
      <Dialog
        key="theirs"
        wide
        title={text.conflictTitle}
        onClose={onClose}
        actions={
          <>
            <Button onClick={() => onSaved(theirs)}>{text.theirs}</Button>
            <Button kind="danger" onClick={() => save(theirs.revision)}>
              {text.overwrite}
            </Button>
          </>
        }
      >
        <div class="stack">
          <p>{text.conflictBody}</p>
          <Diff before={theirs.yaml} after={yaml} />
        </div>
      </Dialog>
    );
  return (
    <Dialog
      title={text.saveTitle}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={() => save(editing.revision)}>
          {text.save}
        </Button>
      }
    >
      <TextField label={text.note} optional value={note} onInput={setNote} maxLength={200} autofocus />
    </Dialog>
  );
}
