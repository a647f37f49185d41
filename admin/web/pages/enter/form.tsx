import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { messageOf } from '../../api/problem.ts';

interface Props {
  title: string;
  lead?: string;
  action: string;
  /** What is thrown is shown above the button. */
  onSubmit: () => Promise<void>;
  children: ComponentChildren;
}

/** A form of the way in. */
export function EnterForm({ title, lead, action, onSubmit, children }: Props) {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError('');
    try {
      await onSubmit();
    } catch (problem) {
      setError(messageOf(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
      <h1>{title}</h1>
      {lead && <p class="quiet">{lead}</p>}
      {children}
      {error && (
        <p class="notice bad" role="alert">
          {error}
        </p>
      )}
      <button type="submit" class="button primary" aria-busy={busy}>
        {action}
      </button>
    </form>
  );
}
