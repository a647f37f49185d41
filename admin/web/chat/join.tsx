import { useState } from 'preact/hooks';
import { post } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { person } from './state.ts';
import { say } from './texts.ts';

/** Where a guest comes in. */
export function Join({ token }: { token: string }) {
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string>();
  const text = say();
  const join = async () => {
    try {
      person.value = await post('/api/chat/join', { body: { token, name } });
    } catch (error) {
      setWrong(messageOf(error));
    }
  };
  return (
    <main class="door">
      <h1>{text.joinTitle}</h1>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void join();
        }}
      >
        <TextField
          label={text.joinName}
          value={name}
          onInput={setName}
          error={wrong}
          autocomplete="nickname"
          maxLength={40}
          required
          autofocus
        />
        <p class="quiet">{text.joinBody}</p>
        <div>
          <Button kind="primary" type="submit">
            {text.join}
          </Button>
        </div>
      </form>
    </main>
  );
}

/** What somebody sees who was not invited. */
export function Out() {
  const text = say();
  return (
    <main class="door stack">
      <h1>{text.outTitle}</h1>
      <p class="quiet">{text.outBody}</p>
      <p>
        <a href="/">{text.logIn}</a>
      </p>
    </main>
  );
}
