import type { ComponentChildren } from 'preact';
import type { Percentiles, Snapshot } from '../../../api/index.ts';
import { duration, number, short } from '../../ui/format.ts';
import { say } from './texts.ts';

/** The figures that matter, in one strip. */
export function Figures({ now }: { now: Snapshot }) {
  const text = say();
  return (
    <dl class="strip panel">
      <Figure label={text.waiting}>{number(now.queue.waiting + now.queue.delayed)}</Figure>
      <Figure label={text.oldest}>{now.queue.oldestWaitMs === null ? '–' : duration(now.queue.oldestWaitMs)}</Figure>
      <Figure label={text.running}>{number(now.queue.active)}</Figure>
      <Figure label={text.speed}>{number(now.tokensPerSecond, now.tokensPerSecond < 10 ? 1 : 0)}</Figure>
      <Figure label={text.firstToken} wide>
        <Spread of={now.firstToken} />
      </Figure>
      <Figure label={text.total} wide>
        <Spread of={now.total} />
      </Figure>
      <Figure label={text.answered}>{short(now.repliesLastHour)}</Figure>
      <Figure label={text.failed}>
        <span class={now.failedLastHour > 0 ? 'bad' : ''}>{short(now.failedLastHour)}</span>
      </Figure>
    </dl>
  );
}

function Figure({ label, wide = false, children }: { label: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <div class={wide ? 'strip-cell wide' : 'strip-cell'}>
      <dt class="label">{label}</dt>
      <dd class="strip-figure figure">{children}</dd>
    </div>
  );
}

/** The middle, and how bad it gets. */
function Spread({ of }: { of: Percentiles }) {
  const shown = (ms: number | null) => (ms === null ? '–' : duration(ms));
  return (
    <>
      {shown(of.p50)}
      <span class="spread">
        <span>p95 {shown(of.p95)}</span>
        <span>p99 {shown(of.p99)}</span>
      </span>
    </>
  );
}
