import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { may, signOut } from '../api/session.ts';
import { locale, setLocale } from '../texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { pair } from '../ui/format.ts';
import { pages } from './pages.ts';
import { overlay } from './shortcuts.ts';
import { say } from './texts.ts';
import { setTheme, themes } from './theme.ts';

interface Command {
  label: string;
  run: () => unknown;
}

/** A list of everything that can be gone to or done, found by typing. */
export function Palette() {
  return overlay.value === 'palette' ? <Open /> : null;
}

function Open() {
  const { route } = useLocation();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = commands(route).filter(({ label }) => matches(label, typed));
  const close = () => {
    overlay.value = undefined;
  };
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    command.run();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={say().palette} onClose={close}>
      <input
        class="input"
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found.length > 0 ? `command-${at}` : undefined}
        aria-label={say().paletteHint}
        placeholder={say().paletteHint}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id="commands" class="commands" role="listbox" aria-label={say().palette}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above, which has the focus
          <div
            key={command.label}
            id={`command-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => run(command)}
          >
            {command.label}
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="faint">{say().nothing}</p>}
    </Dialog>
  );
}

function commands(route: (path: string) => void): Command[] {
  const text = say();
  return [
    ...pages
      .filter(({ role }) => may(role))
      .map(({ name, path, outside }) => ({
        label: text.pages[name],
        run: () => (outside ? window.open(path, '_blank', 'noopener') : route(path)),
      })),
    { label: text.account, run: () => route('/account') },
    ...themes.map((theme) => ({ label: pair(text.theme, text[theme]), run: () => setTheme(theme) })),
    locale.value === 'en'
      ? { label: '中文', run: () => setLocale('zh') }
      : { label: 'English', run: () => setLocale('en') },
    {
      label: text.shortcuts,
      run: () => {
        overlay.value = 'help';
      },
    },
    { label: text.signOut, run: signOut },
  ];
}

/** Whether the letters of `typed` come in `label` in that order. */
function matches(label: string, typed: string): boolean {
  let at = 0;
  for (const letter of typed.toLowerCase().replaceAll(' ', '')) {
    at = label.toLowerCase().indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
