import { useEffect } from 'preact/hooks';
import { Confirm } from '../ui/dialog.tsx';
import { report, Toasts } from '../ui/toast.tsx';
import { Join, Out } from './join.tsx';
import { Room } from './room.tsx';
import { loadPerson, person } from './state.ts';
import { say } from './texts.ts';

/** The token of an invite: what stands behind # is sent to no server. */
const token = location.hash.slice(1);

/** The page: the chat, or the way in. */
export function App() {
  useEffect(() => {
    loadPerson().catch(report);
  }, []);
  useEffect(() => {
    if (person.value && location.hash) history.replaceState(null, '', location.pathname);
  }, [person.value]);
  return (
    <>
      {person.value === undefined && <p class="wait">{say().loading}</p>}
      {person.value === null && (token ? <Join token={token} /> : <Out />)}
      {person.value && <Room />}
      <Confirm />
      <Toasts />
    </>
  );
}
