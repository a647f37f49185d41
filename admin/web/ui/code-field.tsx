import { TextField } from './field.tsx';

/** Where the code of an authenticator app is typed; a phone offers digits. */
export function CodeField(props: { label: string; hint: string; value: string; onInput: (value: string) => void }) {
  return <TextField {...props} inputmode="numeric" autocomplete="one-time-code" autofocus />;
}
