import { useState } from 'preact/hooks';
import { post } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { pair } from '../../ui/format.ts';
import { Secret } from '../../ui/secret.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { say } from './texts.ts';

/** Makes a token and shows it once. */
export function NewToken({ onClose, onMade }: { onClose: () => void; onMade: () => Promise<void> }) {
  const text = say();
  const [name, setName] = useState('');
  const [role, setRole] = useState<'viewer' | 'operator'>('viewer');
  const [token, setToken] = useState('');
  const create = async () => {
    setToken((await post('/api/tokens', { body: { name, role } })).token);
    await onMade();
  };
  return (
    <Dialog
      title={text.newToken}
      onClose={onClose}
      actions={
        token === '' ? (
          <Button kind="primary" disabled={name.trim() === ''} onClick={create}>
            {text.newToken}
          </Button>
        ) : (
          <Button onClick={onClose}>{text.done}</Button>
        )
      }
    >
      {token === '' ? (
        <div class="stack">
          <TextField
            label={text.tokenName}
            hint={text.tokenHint}
            value={name}
            onInput={setName}
            maxLength={60}
            autofocus
          />
          <SelectField
            label={text.role}
            value={role}
            onChange={setRole}
            options={(['viewer', 'operator'] as const).map((value) => ({
              value,
              label: pair(text.roles[value], text.roleHints[value]),
            }))}
          />
        </div>
      ) : (
        <div class="stack">
          <p>{text.tokenShown}</p>
          <Secret label={name} value={token} />
        </div>
      )}
    </Dialog>
  );
}
