import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { session } from '../../api/session.ts';
import { Switcher } from '../../shell/nav.tsx';
import { Join } from './join.tsx';
import { Login } from './login.tsx';
import { say } from './texts.ts';
import './enter.css';

/** What those see who are not logged in: the login, or the end of a setup or invite link. */
export function Enter() {
  const { path } = useLocation();
  const text = say();
  const way = ['/setup', '/invite'].includes(path) && location.hash.length > 1 ? path.slice(1) : 'login';
  useEffect(() => {
    document.title = 'Wisecrack';
  }, []);
  return (
    <div class="enter">
      <header class="enter-head">
        <p class="enter-brand">Wisecrack</p>
        <p class="quiet">{text.tagline}</p>
      </header>
      <main class="panel enter-panel">
        {way === 'setup' || way === 'invite' ? (
          <Join way={way} token={location.hash.slice(1)} />
        ) : session.value?.setup ? (
          <div class="stack">
            <h1>{text.noOwner}</h1>
            <p class="quiet">{text.noOwnerBody}</p>
          </div>
        ) : (
          <Login />
        )}
      </main>
      <footer class="row">
        <Switcher />
      </footer>
    </div>
  );
}
