import { useState } from 'preact/hooks';
import { PERSONA_ID } from '../../../../personas/id.ts';
import { get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useResource } from '../../ui/resource.ts';
import { say } from './texts.ts';

interface Props {
  title: string;
  onClose: () => void;
  onChosen: (id: string) => void;
}

/** Asks for the id of a new persona. */
export function NewPersona({ title, onClose, onChosen }: Props) {
  const text = say();
  const [id, setId] = useState('');
  const personas = useResource((signal) => get('/api/personas', { signal }), []);
  const fits = PERSONA_ID.test(id);
  const taken = personas.data?.some((it) => it.id === id) ?? false;
  const choose = () => {
    if (fits && !taken) onChosen(id);
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button kind="primary" disabled={!fits || taken || !personas.data} onClick={choose}>
          {text.begin}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          choose();
        }}
      >
        <TextField
          label={text.id}
          hint={text.idHint}
          error={id !== '' && !fits ? text.idWrong : taken ? text.idTaken : undefined}
          value={id}
          onInput={setId}
          autofocus
        />
      </form>
    </Dialog>
  );
}
