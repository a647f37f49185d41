import type { TurnLine } from '../../../api/index.ts';
import { may } from '../../api/session.ts';
import { number } from '../../ui/format.ts';
import { Time } from '../../ui/time.tsx';
import { say } from './texts.ts';
import './turn.css';

/** One message. A hidden text is a bar as long as the text is. */
export function Turn({ turn }: { turn: TurnLine }) {
  const text = say();
  return (
    <li class={`turn by-${turn.role}`}>
      <div class="turn-head">
        {turn.role === 'user' && may('operator') ? (
          <a class="turn-name" href={`/persons/${encodeURIComponent(turn.author.id)}`}>
            {turn.author.name}
          </a>
        ) : (
          <span class="turn-name">{turn.author.name}</span>
        )}
        <span class="faint">
          <Time at={turn.at} />
        </span>
        {turn.jobId !== null && may('operator') && (
          <a class="faint" href={`/replies/${encodeURIComponent(turn.jobId)}`}>
            {text.trace}
          </a>
        )}
      </div>
      {turn.text === null ? (
        <p class="hidden-text faint" style={{ '--length': Math.min(60, Math.max(8, turn.length / 2)) } as never}>
          {text.hidden(number(turn.length))}
        </p>
      ) : (
        <p class="said">{turn.text}</p>
      )}
    </li>
  );
}
