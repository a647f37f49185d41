import { useState } from 'preact/hooks';
import { post } from '../api/client.ts';
import { TextField } from '../ui/field.tsx';
import { Secret } from '../ui/secret.tsx';
import { say } from './texts.ts';

/** A new invite to the chat: what is to be filled in, and, when it is made, its link. */
export function useNewInvite(onMade: () => unknown) {
  const [note, setNote] = useState('');
  const [uses, setUses] = useState('1');
  const [days, setDays] = useState('7');
  const [link, setLink] = useState('');
  const text = say();
  const make = async () => {
    const body = { note, uses: Number(uses), days: Number(days) };
    setLink((await post('/api/chat/invites', { body })).link);
    await onMade();
  };
  const fields = (
    <>
      <p class="quiet">{text.inviteBody}</p>
      <TextField label={text.inviteNote} value={note} onInput={setNote} maxLength={60} optional autofocus />
      <div class="row pair">
        <TextField label={text.inviteUses} value={uses} onInput={setUses} inputmode="numeric" maxLength={3} />
        <TextField label={text.inviteDays} value={days} onInput={setDays} inputmode="numeric" maxLength={2} />
      </div>
      {link !== '' && (
        <div class="notice stack tight" role="status">
          <p>{text.link}</p>
          <Secret label={text.inviteTitle} value={link} />
        </div>
      )}
    </>
  );
  return { fields, make };
}
