import { useRef } from 'preact/hooks';
import { post } from '../api/client.ts';
import { setTheme, theme, themes } from '../shell/theme.ts';
import { locale, setLocale } from '../texts.ts';
import { confirm } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { report } from '../ui/toast.tsx';
import { command } from './acts.ts';
import { messages, notes, person } from './state.ts';
import { say } from './texts.ts';

/** What is rarely wanted. */
export function Menu({ onInvite }: { onInvite: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const text = say();
  const role = person.value?.role ?? null;
  const item = (label: string, act: () => unknown) => (
    <button
      type="button"
      onClick={() => {
        list.current?.hidePopover();
        Promise.resolve(act()).catch(report);
      }}
    >
      {label}
    </button>
  );
  const reset = async () => {
    if (await confirm({ title: text.reset, body: text.resetBody, action: text.forget, danger: true })) {
      notes.value = [];
      await command('reset');
    }
  };
  const leave = async () => {
    if (!(await confirm({ title: text.leave, body: text.leaveBody, action: text.leave, danger: true }))) return;
    await post('/api/chat/leave');
    messages.value = undefined;
    person.value = null;
  };
  const nextTheme = () => setTheme(themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'auto');
  const light = { auto: text.themeAuto, light: text.themeLight, dark: text.themeDark }[theme.value];
  return (
    <>
      <button type="button" class="bare opener" aria-label={text.menu} popovertarget="menu">
        <Icon name="menu" />
      </button>
      <div id="menu" class="menu" popover="auto" ref={list}>
        <p class="clip faint">{person.value?.name}</p>
        {item(text.reset, reset)}
        {item(text.privacy, () => command('privacy'))}
        {item(light, nextTheme)}
        {item(text.language, () => setLocale(locale.value === 'zh' ? 'en' : 'zh'))}
        {(role === 'operator' || role === 'owner') && item(text.invite, onInvite)}
        {role ? <a href="/">{text.dashboard}</a> : item(text.leave, leave)}
      </div>
    </>
  );
}
