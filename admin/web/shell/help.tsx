import { may } from '../api/session.ts';
import { Key } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { pages } from './pages.ts';
import { overlay } from './shortcuts.ts';
import { say } from './texts.ts';

/** What can be done with the keyboard. */
export function Help() {
  if (overlay.value !== 'help') return null;
  const text = say();
  const rows: [keys: string[], what: string][] = [
    ...pages
      .filter(({ role }) => may(role))
      .map(({ key, name }): [string[], string] => [['g', key], text.goTo(text.pages[name])]),
    [['Ctrl', 'K'], text.palette],
    [['/'], text.search],
    [['↑', '↓', 'Enter'], text.rows],
    [['Esc'], text.close],
    [['?'], text.help],
  ];
  return (
    <Dialog
      title={text.shortcuts}
      onClose={() => {
        overlay.value = undefined;
      }}
    >
      <dl class="keys">
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <Key key={key}>{key}</Key>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
