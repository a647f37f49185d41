import type { Snapshot } from '../../../api/index.ts';
import { clock } from '../../ui/clock.ts';
import { duration } from '../../ui/format.ts';
import { Section } from '../../ui/page.tsx';
import { say } from './texts.ts';

/** The platforms that are connected, and what they say of themselves. */
export function Adapters({ adapters }: { adapters: Snapshot['adapters'] }) {
  const text = say();
  return (
    <Section title={text.adaptersTitle}>
      {adapters.length === 0 && <p class="quiet">{text.noAdapters}</p>}
      {adapters.map((adapter) => (
        <article key={adapter.id} class="panel padded" aria-label={adapter.name}>
          <div class="row apart">
            <b>{adapter.name}</b>
            <span class="faint figure">{text.up(duration(Math.max(0, clock.value - adapter.startedAt)))}</span>
          </div>
          <dl class="facts figure">
            {Object.entries(adapter.more)
              .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
              .map(([name, value]) => (
                <>
                  <dt>{(text.facts as Readonly<Record<string, string>>)[name] ?? name}</dt>
                  <dd>{factOf(name, value)}</dd>
                </>
              ))}
          </dl>
        </article>
      ))}
    </Section>
  );
}

/** A value of a heartbeat, as people read it. */
function factOf(name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? say().yes : say().no;
  if (name === 'pingMs') return Number(value) < 0 ? '–' : duration(Number(value));
  return String(value);
}
