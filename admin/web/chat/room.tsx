import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { report } from '../ui/toast.tsx';
import { press } from './acts.ts';
import { Composer } from './composer.tsx';
import { Invite } from './invite.tsx';
import { Log } from './log.tsx';
import { Menu } from './menu.tsx';
import { Picker } from './picker.tsx';
import { editing, follow, growing, isLive, loadPersonas, speaker } from './state.ts';
import { say } from './texts.ts';

/** The chat. */
export function Room() {
  const [open, setOpen] = useState<'personas' | 'invite'>();
  useEffect(follow, []);
  useEffect(() => {
    loadPersonas().catch(report);
  }, []);
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (
        event.key !== 'Escape' ||
        event.defaultPrevented ||
        document.querySelector('dialog[open], [popover]:popover-open')
      )
        return;
      if (editing.value) editing.value = undefined;
      else if (growing.value) void press(growing.value, 'stop');
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
  const text = say();
  const close = () => setOpen(undefined);
  return (
    <div class="room">
      <header class="bar">
        <h1 class="unseen">{text.title}</h1>
        <button type="button" class="speaker" aria-haspopup="dialog" onClick={() => setOpen('personas')}>
          <span class="clip">{speaker.value?.name ?? text.bot}</span>
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path d="M2.5 4.5L6 8l3.500-3.500" fill="none" stroke="currentColor" stroke-width="1.400" />
          </svg>
        </button>
        <Menu onInvite={() => setOpen('invite')} />
      </header>
      <Log />
      <footer class="foot">
        <p class="lost" role="status">
          {isLive.value ? '' : text.reconnecting}
        </p>
        <Composer onPersonas={() => setOpen('personas')} />
      </footer>
      {open === 'personas' && <Picker onClose={close} />}
      {open === 'invite' && <Invite onClose={close} />}
    </div>
  );
}
