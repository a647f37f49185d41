import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { post } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { signedIn } from '../../api/session.ts';
import { CodeField } from '../../ui/code-field.tsx';
import { TextField } from '../../ui/field.tsx';
import { EnterForm } from './form.tsx';
import { say } from './texts.ts';

/** Name, password, and the code of the authenticator where the account wants one. */
export function Login() {
  const { path, route } = useLocation();
  const text = say();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const submit = async () => {
    try {
      signedIn(await post('/api/login', { body: { name, password, ...(code && { code: code.replaceAll(' ', '') }) } }));
      if (path === '/setup' || path === '/invite') route('/', true);
    } catch (error) {
      if (!isProblem(error, 'WISECRACK_ADMIN_CODE_NEEDED')) throw error;
      setCode('');
    }
  };
  return (
    <EnterForm title={text.login} action={text.login} onSubmit={submit}>
      <TextField label={text.name} value={name} onInput={setName} autocomplete="username" required autofocus />
      <TextField
        label={text.password}
        type="password"
        value={password}
        onInput={setPassword}
        autocomplete="current-password"
        required
      />
      {code !== undefined && <CodeField label={text.code} hint={text.codeHint} value={code} onInput={setCode} />}
    </EnterForm>
  );
}
