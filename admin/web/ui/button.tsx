import type { ButtonHTMLAttributes } from 'preact';
import { useState } from 'preact/hooks';
import { report } from './toast.tsx';
import './button.css';

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onClick' | 'kind' | 'icon'> & {
  /** `primary` once per view: what Enter does in its form; `danger` for what cannot be taken back. */
  kind?: 'primary' | 'plain' | 'danger' | 'ghost';
  small?: boolean;
  /** While its promise runs the button waits; what it throws is shown as a toast. */
  onClick?: () => unknown;
};

/** A button that cannot be pressed twice while its work runs. */
export function Button({ kind = 'plain', small = false, onClick, disabled, class: also = '', ...rest }: Props) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy || disabled) return;
    const work = onClick?.();
    if (!(work instanceof Promise)) return;
    setBusy(true);
    try {
      await work;
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type={kind === 'primary' ? 'submit' : 'button'}
      {...rest}
      {...(onClick && { onClick: () => void press() })}
      class={`button ${kind}${small ? ' small' : ''} ${also}`}
      disabled={disabled ?? false}
      aria-busy={busy}
    />
  );
}
