import type { ReplyError } from '../../../api/index.ts';
import { failureText } from '../../api/failures.ts';
import { may } from '../../api/session.ts';
import { Section } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { say } from './texts.ts';

/** What failed within the hour, in words. */
export function Errors({ errors }: { errors: readonly ReplyError[] }) {
  const text = say();
  if (errors.length === 0) return null;
  return (
    <Section title={text.errors}>
      <ol class="panel errors">
        {errors.map((error) => (
          <li key={error.jobId + error.at}>
            <p>{failureText(error)}</p>
            <p class="row faint">
              <Time at={error.at} />
              <span>{error.persona}</span>
              <code>{error.code}</code>
              {may('operator') && <a href={`/replies/${encodeURIComponent(error.jobId)}`}>{text.life}</a>}
            </p>
          </li>
        ))}
      </ol>
    </Section>
  );
}
