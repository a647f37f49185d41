import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { post } from '../../api/client.ts';
import { signedIn } from '../../api/session.ts';
import { TextField } from '../../ui/field.tsx';
import { EnterForm } from './form.tsx';
import { say } from './texts.ts';

/** The least length of a password, as the server wants it. */
const LEAST = 10;

/** Makes an account with the token of a link: the owner's, or that of somebody invited. */
export function Join({ way, token }: { way: 'setup' | 'invite'; token: string }) {
  const { route } = useLocation();
  const text = say();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const short = password.length < LEAST;
  const submit = async () => {
    setTried(true);
    if (short) return;
    const body = { token, name, password };
    signedIn(way === 'setup' ? await post('/api/setup', { body }) : await post('/api/invites/accept', { body }));
    // The token is worth nothing any more, but has no business in the history either.
    route('/', true);
  };
  return (
    <EnterForm
      title={text[way]}
      lead={way === 'setup' ? text.setupLead : text.inviteLead}
      action={text[way]}
      onSubmit={submit}
    >
      <TextField
        label={text.name}
        hint={text.nameHint}
        value={name}
        onInput={setName}
        autocomplete="username"
        required
        autofocus
      />
      <TextField
        label={text.password}
        hint={text.passwordHint}
        error={tried && short ? text.tooShort : undefined}
        type="password"
        value={password}
        onInput={setPassword}
        autocomplete="new-password"
        required
      />
    </EnterForm>
  );
}
