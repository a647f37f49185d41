import type { ComponentChildren } from 'preact';
import type { Life } from '../../../api/index.ts';
import { failureText } from '../../api/failures.ts';
import { duration, list, number, pair } from '../../ui/format.ts';
import { Section } from '../../ui/page.tsx';
import { say } from './texts.ts';

interface Step {
  at: number;
  what: string;
  more?: ComponentChildren;
  failed?: boolean;
}

/** What happened when, with the times since the beginning. */
export function Steps({ life }: { life: Life }) {
  const steps = stepsOf(life);
  const begun = steps[0]?.at ?? 0;
  return (
    <Section title={say().steps}>
      <ol class="life">
        {steps.map(({ at, what, more, failed }) => (
          <li key={what + at} class={failed ? 'failed' : ''}>
            <span class="offset figure" title={new Date(at).toLocaleString()}>
              {at === begun ? new Date(at).toLocaleTimeString() : `+${duration(at - begun)}`}
            </span>
            <span>
              {what}
              {more && <span class="quiet"> · {more}</span>}
            </span>
          </li>
        ))}
      </ol>
      {life.end === null && <p class="quiet">{say().running}</p>}
    </Section>
  );
}

function stepsOf({ question, askedAt, attempts, pieces, end, delivery }: Life): Step[] {
  const text = say();
  const steps: Step[] = [];
  if (question) steps.push({ at: question.at, what: text.asked });
  if (askedAt !== null) steps.push({ at: askedAt, what: text.queued });
  for (const { at, attempt, model, promptTokens, waitMs } of attempts)
    steps.push({
      at,
      what: text.attempt(attempt),
      more: text.attemptBody(model, number(promptTokens), duration(waitMs)),
    });
  const first = pieces[0];
  if (first) {
    const tokens = pieces.reduce((sum, it) => sum + it.tokens, 0);
    steps.push({ at: first.at, what: text.firstPiece, more: text.pieces(number(pieces.length), number(tokens)) });
  }
  if (end)
    steps.push({
      at: end.at,
      what: text.ended,
      more: end.error
        ? pair(text.finish[end.finish], `${failureText(end.error)} (${end.error.code})`)
        : text.finish[end.finish],
      failed: end.finish === 'failed',
    });
  if (delivery) {
    const again = delivery.parts.reduce((sum, { generation }) => sum + generation, 0);
    steps.push({
      at: delivery.at,
      what: text.shown,
      more: list([
        text.parts(delivery.parts.length),
        again > 0 ? text.edits(again) : '',
        delivery.outcome === null ? '' : text.outcomes[delivery.outcome],
      ]),
    });
  }
  return steps.sort((a, b) => a.at - b.at);
}
