import { useState } from 'preact/hooks';
import { post } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Section } from '../../ui/page.tsx';
import { toast } from '../../ui/toast.tsx';
import { say } from './texts.ts';

/** Changes the password. */
export function Password() {
  const text = say();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = async () => {
    await post('/api/account/password', { body: { current, password } });
    setCurrent('');
    setPassword('');
    toast(text.changed);
  };
  return (
    <Section title={text.password}>
      <form class="stack" noValidate onSubmit={(event) => event.preventDefault()}>
        <TextField
          label={text.current}
          type="password"
          autocomplete="current-password"
          value={current}
          onInput={setCurrent}
        />
        <TextField
          label={text.fresh}
          hint={text.freshHint}
          type="password"
          autocomplete="new-password"
          value={password}
          onInput={setPassword}
        />
        <div class="row">
          <Button type="submit" disabled={current === '' || password.length < 10} onClick={change}>
            {text.change}
          </Button>
        </div>
      </form>
    </Section>
  );
}
