import { useState } from 'preact/hooks';
import type { Invite, Role } from '../../../api/index.ts';
import { del, get, post } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { pair } from '../../ui/format.ts';
import { Listing } from '../../ui/listing.tsx';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Secret } from '../../ui/secret.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { byColumn, expiresColumn, takeBackColumn } from './columns.tsx';
import { say } from './texts.ts';

const roles: readonly Role[] = ['viewer', 'operator', 'owner'];

/** Links that make an account, as long as nobody used them. */
export function Invites() {
  const text = say();
  const [open, setOpen] = useState(false);
  const invites = useResource((signal) => get('/api/invites', { signal }), []);
  const takeBack = async ({ id }: Invite) => {
    await del('/api/invites/:id', { params: { id } });
    await invites.reload();
  };
  return (
    <Section title={text.invites} actions={<Button onClick={() => setOpen(true)}>{text.invite}</Button>}>
      <Listing
        of={invites}
        none={text.noInvites}
        label={text.invites}
        keyOf={({ id }) => id}
        columns={[
          { key: 'role', head: text.role, cell: ({ role }) => text.roles[role] },
          byColumn(),
          expiresColumn(),
          takeBackColumn(takeBack),
        ]}
      />
      {open && <NewInvite onClose={() => setOpen(false)} onMade={invites.reload} />}
    </Section>
  );
}

function NewInvite({ onClose, onMade }: { onClose: () => void; onMade: () => Promise<void> }) {
  const text = say();
  const [role, setRole] = useState<Role>('viewer');
  const [link, setLink] = useState('');
  const create = async () => {
    setLink((await post('/api/invites', { body: { role } })).link);
    await onMade();
  };
  return (
    <Dialog
      title={text.invite}
      onClose={onClose}
      actions={
        link === '' ? (
          <Button kind="primary" onClick={create}>
            {text.create}
          </Button>
        ) : (
          <Button onClick={onClose}>{text.done}</Button>
        )
      }
    >
      <div class="stack">
        <p>{link === '' ? text.inviteBody : text.link}</p>
        {link === '' ? (
          <SelectField
            label={text.role}
            value={role}
            onChange={setRole}
            options={roles.map((value) => ({ value, label: pair(text.roles[value], text.roleHints[value]) }))}
          />
        ) : (
          <Secret label={text.invite} value={link} />
        )}
      </div>
    </Dialog>
  );
}
