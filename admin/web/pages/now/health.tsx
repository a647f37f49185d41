import type { Snapshot } from '../../../api/index.ts';
import { patch } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { say } from './texts.ts';

/** One sentence on whether all is well, and the button that stops the bot from taking questions. */
export function Health({ now }: { now: Snapshot }) {
  const text = say();
  const { tone, sentence } = stateOf(now);
  const setPaused = (paused: boolean) => patch('/api/rules', { body: { scope: 'all', patch: { paused } } });
  return (
    <div class="health">
      <p class={`health-line ${tone}`} role="status">
        <span class="dot" aria-hidden="true" />
        {sentence}
      </p>
      {may('operator') && (
        <Button onClick={() => setPaused(!now.paused)}>{now.paused ? text.resume : text.pause}</Button>
      )}
    </div>
  );
}

function stateOf({ workers, adapters, paused, draining, maintenance, failedLastHour }: Snapshot) {
  const text = say();
  if (maintenance !== null) return { tone: 'warn', sentence: text.maintenance + maintenance };
  if (draining) return { tone: 'warn', sentence: text.draining };
  if (paused) return { tone: 'warn', sentence: text.paused };
  if (workers.length === 0) return { tone: 'bad', sentence: text.noWorker };
  if (failedLastHour > 0) return { tone: 'warn', sentence: text.failing(failedLastHour) };
  return { tone: 'good', sentence: text.well(text.workers(workers.length), text.adapters(adapters.length)) };
}
