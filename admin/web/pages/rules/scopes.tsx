import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { TextField } from '../../ui/field.tsx';
import { say } from './texts.ts';

interface Props {
  scopes: readonly { scope: string; settings: number }[];
  chosen: string;
}

const address = (scope: string) => (scope === 'all' ? '/rules' : `/rules?scope=${encodeURIComponent(scope)}`);

/** Where something is set, and a way to any other scope. */
export function Scopes({ scopes, chosen }: Props) {
  const { route } = useLocation();
  const text = say();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const listed = [
    scopes.find(({ scope }) => scope === 'all') ?? { scope: 'all', settings: 0 },
    ...scopes.filter(({ scope }) => scope !== 'all'),
    ...(chosen === 'all' || scopes.some(({ scope }) => scope === chosen) ? [] : [{ scope: chosen, settings: 0 }]),
  ];
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    const scope = typed.trim();
    const fits = scope === 'all' || /^(server|channel|user):[^:\s]+:\S+$/.test(scope);
    setWrong(!fits);
    if (!fits) return;
    setTyped('');
    route(address(scope));
  };
  return (
    <nav class="scopes" aria-label={text.scopes}>
      <ul>
        {listed.map(({ scope, settings }) => (
          <li key={scope}>
            <a href={address(scope)} {...(scope === chosen && { 'aria-current': 'page' as const })}>
              <span class="scope-name">
                <span>{text.kinds[scope.split(':', 1)[0] as keyof typeof text.kinds]}</span>
                {scope !== 'all' && <span class="mono clip">{scope.slice(scope.indexOf(':') + 1)}</span>}
              </span>
              <span class="faint figure">{settings > 0 && settings}</span>
            </a>
          </li>
        ))}
      </ul>
      <form onSubmit={open} class="stack tight">
        <TextField
          label={text.open}
          hint={text.openHint}
          error={wrong ? text.openError : undefined}
          value={typed}
          onInput={setTyped}
        />
      </form>
    </nav>
  );
}
