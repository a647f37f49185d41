import type { ComponentChildren } from 'preact';
import { messageOf } from '../api/problem.ts';
import { Button } from './button.tsx';
import { say } from './texts.ts';
import './states.css';

/** Where nothing is yet: what would be here, and how it comes here. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <p class="state-title">{title}</p>
      {children && <div class="quiet">{children}</div>}
    </div>
  );
}

/** What went wrong, in the server's words, and a way to try again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  return (
    <div class="state" role="alert">
      <p class="state-title">{say().failed}</p>
      <p class="quiet">{messageOf(error)}</p>
      {onRetry && <Button onClick={onRetry}>{say().retry}</Button>}
    </div>
  );
}

/** Says so only when it takes long enough to be noticed. */
export function Loading() {
  return (
    <div class="state waiting" role="status">
      {say().loading}
    </div>
  );
}
