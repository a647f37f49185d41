import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { PERSONA_ID } from '../../../../personas/id.ts';
import { noteText } from '../../api/cards.ts';
import { post } from '../../api/client.ts';
import type { Answer, RouteOf } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { say } from './texts.ts';

type Imported = Answer<RouteOf<'POST', '/api/personas/:id/card'>>;

/** Makes a persona of a Character Card, and says what of it was changed or left out. */
export function ImportCard({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const text = say();
  const [file, setFile] = useState<File>();
  const [id, setId] = useState('');
  const [imported, setImported] = useState<Imported>();
  const fits = PERSONA_ID.test(id);
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    if (id === '' && chosen) setId(idFrom(chosen.name));
  };
  const run = async () => {
    if (file) setImported(await post('/api/personas/:id/card', { params: { id }, file }));
  };
  if (imported)
    return (
      <Dialog
        title={text.imported(imported.file.name)}
        onClose={onClose}
        actions={
          <Button kind="primary" onClick={() => route(`/personas/${id}`)}>
            {text.edit}
          </Button>
        }
      >
        {imported.notes.length > 0 && <h3>{text.notes}</h3>}
        <ul class="notes">
          {imported.notes.map((note) => (
            <li key={note.message}>{noteText(note)}</li>
          ))}
        </ul>
      </Dialog>
    );
  return (
    <Dialog
      title={text.importCard}
      onClose={onClose}
      actions={
        <Button kind="primary" disabled={!file || !fits} onClick={run}>
          {text.import}
        </Button>
      }
    >
      <div class="stack">
        <Field label={text.card} hint={text.cardHint}>
          {(aria) => (
            <input
              {...aria}
              class="input"
              type="file"
              accept=".png,.apng,.json,.charx"
              onChange={(event) => choose(event.currentTarget.files?.[0])}
            />
          )}
        </Field>
        <TextField
          label={text.id}
          hint={text.idHint}
          error={id !== '' && !fits ? text.idWrong : undefined}
          value={id}
          onInput={setId}
        />
      </div>
    </Dialog>
  );
}

/** The name of a file as an id; empty where nothing of it would do. */
const idFrom = (name: string): string =>
  name
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 32);
