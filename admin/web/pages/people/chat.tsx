import { useState } from 'preact/hooks';
import type { ChatGuest, ChatInvite } from '../../../api/index.ts';
import { del, get } from '../../api/client.ts';
import { useNewInvite } from '../../chat/new-invite.tsx';
import { say as sayChat } from '../../chat/texts.ts';
import { Button } from '../../ui/button.tsx';
import { confirm, Dialog } from '../../ui/dialog.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import type { Column } from '../../ui/table.tsx';
import { toast } from '../../ui/toast.tsx';
import { actionsColumn, byColumn, expiresColumn, takeBackColumn } from './columns.tsx';
import { say } from './texts.ts';

/** For whom a link was made. */
const noteColumn = (): Column<{ note: string }> => ({
  key: 'note',
  head: say().forWhom,
  cell: ({ note }) => note || <span class="faint">–</span>,
});

/** Links that let people into the web chat, as long as they hold. */
export function ChatInvites() {
  const text = say();
  const [open, setOpen] = useState(false);
  const invites = useResource((signal) => get('/api/chat/invites', { signal }), []);
  const takeBack = async ({ id }: ChatInvite) => {
    await del('/api/chat/invites/:id', { params: { id } });
    await invites.reload();
  };
  return (
    <Section title={text.chatInvites} actions={<Button onClick={() => setOpen(true)}>{text.inviteToChat}</Button>}>
      <Listing
        of={invites}
        none={text.noChatInvites}
        label={text.chatInvites}
        keyOf={({ id }) => id}
        columns={[
          noteColumn(),
          { key: 'uses', head: text.left, width: '90px', align: 'end', wideOnly: true, cell: ({ uses }) => uses },
          byColumn(),
          expiresColumn(),
          takeBackColumn(takeBack),
        ]}
      />
      {open && <NewChatInvite onClose={() => setOpen(false)} onMade={invites.reload} />}
    </Section>
  );
}

function NewChatInvite({ onClose, onMade }: { onClose: () => void; onMade: () => Promise<void> }) {
  const { fields, make } = useNewInvite(onMade);
  return (
    <Dialog
      title={say().inviteToChat}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={make}>
          {sayChat().makeLink}
        </Button>
      }
    >
      <div class="stack">{fields}</div>
    </Dialog>
  );
}

/** Who came into the web chat by a link. */
export function ChatGuests() {
  const text = say();
  const guests = useResource((signal) => get('/api/chat/guests', { signal }), []);
  const letOut = async ({ id, name }: ChatGuest) => {
    const question = { title: text.letOutTitle(name), body: text.letOutBody, action: text.letOut, danger: true };
    if (!(await confirm(question))) return;
    await del('/api/chat/guests/:id', { params: { id } });
    toast(text.isOut(name));
    await guests.reload();
  };
  return (
    <Section title={text.chatGuests}>
      <Listing
        of={guests}
        none={text.noChatGuests}
        label={text.chatGuests}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'name',
            head: text.name,
            cell: ({ name, user }) => <a href={`/persons/${encodeURIComponent(user)}`}>{name}</a>,
          },
          { ...noteColumn(), wideOnly: true },
          byColumn(),
          actionsColumn('150px', (guest: ChatGuest) => (
            <Button small kind="ghost" aria-label={text.letOutOf(guest.name)} onClick={() => letOut(guest)}>
              {text.letOut}
            </Button>
          )),
        ]}
      />
    </Section>
  );
}
