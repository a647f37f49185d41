import { Dialog } from '../ui/dialog.tsx';
import { report } from '../ui/toast.tsx';
import { command } from './acts.ts';
import { personas } from './state.ts';
import { say } from './texts.ts';

/** Who answers from now on. */
export function Picker({ onClose }: { onClose: () => void }) {
  const { personas: all = [], current } = personas.value ?? {};
  return (
    <Dialog title={say().choosePersona} onClose={onClose}>
      <ul class="personas">
        {all.map(({ id, name, description }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === current}
              onClick={() => {
                onClose();
                if (id !== current) command('persona', { name: id }).catch(report);
              }}
            >
              <strong>{name}</strong>
              {id === current && <span class="unseen">, {say().current}</span>}
              <span class="quiet">{description}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
