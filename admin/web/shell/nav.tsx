import { useLocation } from 'preact-iso';
import { account, may, signOut } from '../api/session.ts';
import { locale, locales, setLocale } from '../texts.ts';
import { Key } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { pair } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { pages } from './pages.ts';
import { overlay } from './shortcuts.ts';
import { say } from './texts.ts';
import { setTheme, theme, themes } from './theme.ts';

const groups = ['watch', 'steer', 'inspect'] as const;
const names = { en: 'English', zh: '中文' } as const;
const icons = { auto: 'half', light: 'sun', dark: 'moon' } as const;

/** The pages that this user may see, and who they are. */
export function Nav({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { path } = useLocation();
  const text = say();
  return (
    <nav id="nav" class={open ? 'nav open' : 'nav'} aria-label={text.nav}>
      <a class="brand" href="/">
        Wisecrack
      </a>
      {groups.map((group) => (
        <div key={group} class="nav-group">
          <h2 class="nav-title">{text.groups[group]}</h2>
          <ul>
            {pages
              .filter((page) => page.group === group && may(page.role))
              .map(({ name, path: to, key, outside }) => (
                <li key={name}>
                  <a
                    href={to}
                    class="nav-link"
                    onClick={onClose}
                    {...(isAt(path, to) && { 'aria-current': 'page' as const })}
                    {...(outside && { target: '_blank', rel: 'noopener' })}
                  >
                    {text.pages[name]}
                    {outside && (
                      <>
                        <Icon name="out" />
                        <span class="unseen">({text.opens})</span>
                      </>
                    )}
                    <span class="nav-key" aria-hidden="true">
                      g {key}
                    </span>
                  </a>
                </li>
              ))}
          </ul>
        </div>
      ))}
      <div class="nav-foot">
        <div class="row">
          <Switcher />
          <button
            type="button"
            class="bare"
            aria-label={text.shortcuts}
            onClick={() => {
              overlay.value = 'help';
            }}
          >
            <Key>?</Key>
          </button>
        </div>
        <div class="row apart">
          <a
            href="/account"
            class="nav-account"
            onClick={onClose}
            {...(path === '/account' && { 'aria-current': 'page' as const })}
          >
            <span class="clip">{account.value?.name}</span>
            <span class="faint">{account.value && text.roles[account.value.role]}</span>
          </a>
          <Button small kind="ghost" onClick={signOut}>
            {text.signOut}
          </Button>
        </div>
      </div>
    </nav>
  );
}

const isAt = (path: string, to: string) => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`));

/** Theme and language. */
export function Switcher() {
  const text = say();
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'auto';
  return (
    <>
      <button
        type="button"
        class="bare"
        title={pair(text.theme, text[theme.value])}
        aria-label={pair(text.theme, text[theme.value])}
        onClick={() => setTheme(next)}
      >
        <Icon name={icons[theme.value]} />
      </button>
      <select
        class="quiet-select"
        aria-label={text.language}
        value={locale.value}
        onChange={({ currentTarget }) => setLocale(currentTarget.value === 'zh' ? 'zh' : 'en')}
      >
        {locales.map((it) => (
          <option key={it} value={it}>
            {names[it]}
          </option>
        ))}
      </select>
    </>
  );
}
