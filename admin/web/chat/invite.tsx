import { del, get } from '../api/client.ts';
import { locale } from '../texts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useResource } from '../ui/resource.ts';
import { useNewInvite } from './new-invite.tsx';
import { say } from './texts.ts';

const dayOf = (at: number) => new Date(at).toLocaleDateString(locale.value === 'zh' ? 'zh-CN' : 'en-GB');

/** Lets others in, and out again. */
export function Invite({ onClose }: { onClose: () => void }) {
  const invites = useResource((signal) => get('/api/chat/invites', { signal }), []);
  const guests = useResource((signal) => get('/api/chat/guests', { signal }), []);
  const text = say();
  const { fields, make } = useNewInvite(invites.reload);
  return (
    <Dialog
      title={text.inviteTitle}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={make}>
          {text.makeLink}
        </Button>
      }
    >
      <div class="stack">
        {fields}
        <section class="stack tight">
          <h3>{text.invites}</h3>
          {invites.data?.length === 0 && <p class="faint">{text.nobody}</p>}
          {invites.data?.map(({ id, note: whom, uses: left, expiresAt }) => (
            <div class="row apart" key={id}>
              <span class="clip grow">
                {whom} <span class="faint">{text.upTo(String(left), dayOf(expiresAt))}</span>
              </span>
              <Button
                small
                onClick={async () => {
                  await del('/api/chat/invites/:id', { params: { id } });
                  await invites.reload();
                }}
              >
                {text.takeBack}
              </Button>
            </div>
          ))}
        </section>
        <section class="stack tight">
          <h3>{text.guests}</h3>
          {guests.data?.length === 0 && <p class="faint">{text.nobody}</p>}
          {guests.data?.map(({ id, name, by, note: whom }) => (
            <div class="row apart" key={id}>
              <span class="clip grow">
                {name} <span class="faint">{whom || text.by(by)}</span>
              </span>
              <Button
                small
                kind="danger"
                onClick={async () => {
                  await del('/api/chat/guests/:id', { params: { id } });
                  await guests.reload();
                }}
              >
                {text.letOut}
              </Button>
            </div>
          ))}
        </section>
      </div>
    </Dialog>
  );
}
