import type { WorkerState } from '../../../api/index.ts';
import { clock } from '../../ui/clock.ts';
import { bytes, duration, list, number, percent, short } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { Section } from '../../ui/page.tsx';
import { say } from './texts.ts';

/** The engines, as their heartbeats say. */
export function Workers({ workers }: { workers: readonly WorkerState[] }) {
  const text = say();
  return (
    <Section title={text.workersTitle}>
      {workers.length === 0 && <p class="quiet">{text.noWorkers}</p>}
      {workers.map((worker) => (
        <article key={worker.id} class="panel padded stack" aria-label={worker.name}>
          <header>
            <b>{worker.model}</b>
            <p class="row apart faint">
              <span class="clip">{worker.name}</span>
              <span class="figure">{text.up(duration(Math.max(0, clock.value - worker.startedAt)))}</span>
            </p>
          </header>
          {worker.slots !== null && worker.running !== null && (
            <Meter label={text.slots} value={worker.running} of={worker.slots}>
              {worker.running} / {worker.slots}
            </Meter>
          )}
          {worker.kvBlocks !== null && worker.kvBlocksUsed !== null && (
            <Meter
              label={text.kv}
              value={worker.kvBlocksUsed}
              of={worker.kvBlocks}
              tone={worker.kvBlocksUsed > 0.95 * worker.kvBlocks ? 'warn' : 'accent'}
            >
              {short(worker.kvBlocksUsed)} / {short(worker.kvBlocks)}
            </Meter>
          )}
          {worker.utilisation !== null && (
            <Meter label={text.utilisation} value={worker.utilisation} of={1}>
              {percent(worker.utilisation)}
            </Meter>
          )}
          {worker.deviceBytes !== null && worker.deviceBytesUsed !== null && (
            <Meter label={text.device} value={worker.deviceBytesUsed} of={worker.deviceBytes}>
              {bytes(worker.deviceBytesUsed)} / {bytes(worker.deviceBytes)}
            </Meter>
          )}
          <Facts worker={worker} />
        </article>
      ))}
    </Section>
  );
}

function Facts({ worker }: { worker: WorkerState }) {
  const text = say();
  const facts: [string, string | null][] = [
    [text.prefix, worker.prefixHitRate === null ? null : percent(worker.prefixHitRate)],
    [
      text.step,
      worker.stepMs === null
        ? null
        : list([duration(worker.stepMs), worker.batch === null ? '' : text.rows(worker.batch)]),
    ],
    [text.weights, worker.weightBytes === null ? null : bytes(worker.weightBytes)],
    [text.kvMemory, worker.kvBytes === null ? null : bytes(worker.kvBytes)],
    [text.threads, worker.threads === null ? null : number(worker.threads)],
    [text.preempted, worker.preempted === null || worker.preempted === 0 ? null : number(worker.preempted)],
  ];
  return (
    <dl class="facts figure">
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ),
      )}
    </dl>
  );
}
