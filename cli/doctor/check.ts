/** What became of one check. `mend` says what to do when it is not `ok`. */
export interface Finding {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  found: string;
  mend?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });
export const warn = (check: string, found: string, mend: string): Finding => ({ check, status: 'warn', found, mend });
export const fail = (check: string, found: string, mend: string): Finding => ({ check, status: 'fail', found, mend });
