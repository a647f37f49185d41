import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { say } from './texts.ts';
import './dialog.css';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** The buttons at its foot. */
  actions?: ComponentChildren;
  wide?: boolean;
}

/** A modal dialog: the browser's own, which keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, actions, wide = false }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const from = document.activeElement;
    element.current?.showModal();
    // What is to be filled in or answered comes before the button that closes.
    element.current?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      if (from instanceof HTMLElement) from.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="bare" aria-label={say().close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <form noValidate onSubmit={(event) => event.preventDefault()}>
        <div class="dialog-body">{children}</div>
        {actions && <footer class="dialog-foot">{actions}</footer>}
      </form>
    </dialog>
  );
}

const FIRST = '.dialog-body :is(input:not([readonly]), textarea, select), .dialog-foot :is(button, a)';

interface Question {
  title: string;
  body: string;
  action: string;
  danger?: boolean;
}

const asked = signal<(Question & { answer: (yes: boolean) => void }) | undefined>(undefined);

/** Asks before something is done that cannot be taken back. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}

/** Where `confirm` asks. */
export function Confirm() {
  const question = asked.value;
  if (!question) return null;
  const { title, body, action, danger = false, answer } = question;
  return (
    <Dialog
      title={title}
      onClose={() => answer(false)}
      actions={
        <>
          <Button onClick={() => answer(false)}>{say().cancel}</Button>
          <Button kind={danger ? 'danger' : 'primary'} onClick={() => answer(true)}>
            {action}
          </Button>
        </>
      }
    >
      <p>{body}</p>
    </Dialog>
  );
}
