import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { may } from '../api/session.ts';
import { Icon } from '../ui/icon.tsx';
import { Help } from './help.tsx';
import { Nav } from './nav.tsx';
import { pages } from './pages.ts';
import { Palette } from './palette.tsx';
import { listen, overlay, shortcut } from './shortcuts.ts';
import { say } from './texts.ts';
import './shell.css';

/** The frame around every page: navigation, shortcuts, overlays. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path, route } = useLocation();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  useLayoutEffect(() => {
    setOpen(false);
    // Whoever follows a link goes on reading in the new page; on the first one the browser does that itself.
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [path]);
  useLayoutEffect(() => {
    const ends = [
      listen(),
      shortcut('?', () => {
        overlay.value = 'help';
      }),
      shortcut('mod+k', () => {
        overlay.value = 'palette';
      }),
      shortcut('/', () => main.current?.querySelector<HTMLElement>('input[type=search]')?.focus()),
      shortcut('Escape', () => setOpen(false)),
      ...pages
        .filter(({ role }) => may(role))
        .map(({ key, path: to, outside }) =>
          shortcut(`g ${key}`, () => (outside ? window.open(to, '_blank', 'noopener') : route(to))),
        ),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [route]);

  return (
    <div class="shell">
      <a class="skip" href="#main">
        {say().skip}
      </a>
      <header class="topbar">
        <button
          type="button"
          class="bare"
          aria-label={say().menu}
          aria-expanded={open}
          aria-controls="nav"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'close' : 'menu'} />
        </button>
        <a class="brand" href="/">
          Wisecrack
        </a>
      </header>
      <Nav open={open} onClose={() => setOpen(false)} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a way to close the menu beside its button and Escape */}
      {open && <div class="veil" onMouseDown={() => setOpen(false)} />}
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Help />
      <Palette />
    </div>
  );
}
