import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatMessage } from '../../api/index.ts';
import { report } from '../ui/toast.tsx';
import { note, press, sayIt, sayOtherwise } from './acts.ts';
import { commandIn, commands, give } from './commands.ts';
import { editing, growing, lastQuestion, speaker } from './state.ts';
import { say } from './texts.ts';

/** Where one writes. Enter sends, Shift+Enter begins a new line, Esc ends editing, "up" in an empty field edits the last question. */
export function Composer({ onPersonas }: { onPersonas: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const edited = editing.value;
  const words = say();

  useLayoutEffect(() => {
    // A keyboard that comes up by itself is no help on a phone.
    if (edited || matchMedia('(hover: hover)').matches) field.current?.focus();
    setText(edited?.text ?? '');
  }, [edited]);

  const listed = edited
    ? []
    : commands().filter(([name]) => /^\/\w*$/.test(text) && `/${name}`.startsWith(text.toLowerCase()));
  const chosen = listed[Math.min(at, listed.length - 1)];

  const send = async (line = text.trim()) => {
    if (line === '') return;
    const command = edited ? undefined : commandIn(line);
    setText('');
    setAt(0);
    try {
      if (edited) {
        editing.value = undefined;
        if (line !== edited.text) await sayOtherwise(edited, line);
      } else if (command?.name === 'persona' && command.rest.length === 0) onPersonas();
      else if (command?.name === 'help')
        note(
          `${words.hint}\n\n${commands()
            .map(([name, what]) => `- \`/${name}\` ${what}`)
            .join('\n')}`,
        );
      else if (command) await give(command);
      else await sayIt(line);
    } catch (error) {
      // What was written is not lost, unless there is something newer.
      setText((now) => now || line);
      report(error);
    }
  };

  const key = (event: KeyboardEvent) => {
    // Enter also ends the choice of characters in Chinese and Japanese.
    if (event.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (listed.length > 0 && step !== 0) {
      event.preventDefault();
      setAt((Math.min(at, listed.length - 1) + step + listed.length) % listed.length);
    } else if (listed.length > 0 && chosen && event.key === 'Tab' && !event.shiftKey && text !== `/${chosen[0]}`) {
      event.preventDefault();
      setText(`/${chosen[0]} `);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send(chosen ? `/${chosen[0]}` : undefined);
    } else if (event.key === 'ArrowUp' && text === '' && lastQuestion.value) {
      event.preventDefault();
      editing.value = lastQuestion.value;
    } else if (event.key === 'Escape' && listed.length > 0) {
      event.preventDefault();
      setText('');
    }
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {listed.length > 0 && (
        <div class="commands" id="commands" role="listbox" aria-label={words.commands}>
          {listed.map(([name, what]) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the chosen one
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
            <div
              key={name}
              id={`command-${name}`}
              role="option"
              aria-selected={name === chosen?.[0]}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => void send(`/${name}`)}
            >
              <span class="mono">/{name}</span>
              <span class="quiet">{what}</span>
            </div>
          ))}
        </div>
      )}
      {edited && (
        <p class="editing">
          <span class="grow">{words.editing}</span>
          <button
            type="button"
            class="act"
            onClick={() => {
              editing.value = undefined;
            }}
          >
            {words.cancel}
          </button>
        </p>
      )}
      <div class="line">
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={20_000}
          placeholder={words.placeholder(speaker.value?.name ?? words.bot)}
          aria-label={words.write}
          aria-keyshortcuts="Enter"
          {...(listed.length > 0 && { 'aria-controls': 'commands', 'aria-activedescendant': `command-${chosen?.[0]}` })}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
        {text.trim() === '' && growing.value ? (
          <Stop reply={growing.value} />
        ) : (
          <Send label={edited ? words.save : words.send} off={text.trim() === ''} />
        )}
      </div>
    </form>
  );
}

function Send({ label, off }: { label: string; off: boolean }) {
  return (
    <button type="submit" class="send" aria-label={label} disabled={off}>
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <path d="M9 14.5V4M4.5 8.2L9 3.7l4.5 4.5" class="drawn" />
      </svg>
    </button>
  );
}

/** In the place of Send while a reply is made and nothing is written: it stands still as the reply grows. */
function Stop({ reply }: { reply: ChatMessage }) {
  return (
    <button type="button" class="send" aria-label={say().stop} onClick={() => void press(reply, 'stop')}>
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <rect x="5" y="5" width="8" height="8" rx="1.5" fill="currentColor" />
      </svg>
    </button>
  );
}
