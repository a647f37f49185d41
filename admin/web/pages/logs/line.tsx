import type { LogLine } from '../../../api/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Time } from '../../ui/time.tsx';
import { say } from './texts.ts';

interface Props {
  line: LogLine;
  onClose: () => void;
  /** Shows the lines of this trace alone. */
  onTrace: (trace: string) => void;
}

/** A log line with all its fields. */
export function Line({ line, onClose, onTrace }: Props) {
  const text = say();
  const { trace } = line;
  return (
    <Dialog
      wide
      title={text.line}
      onClose={onClose}
      actions={
        trace !== null && (
          <>
            <Button onClick={() => onTrace(trace)}>{text.onlyTrace}</Button>
            <a class="button" href={`/replies/${encodeURIComponent(trace)}`}>
              {text.openTrace}
            </a>
          </>
        )
      }
    >
      <div class="stack">
        <p>{line.message}</p>
        <dl class="facts">
          <dt>{text.time}</dt>
          <dd>
            <Time at={line.at} />
          </dd>
          <dt>{text.level}</dt>
          <dd>{text.levels[line.level]}</dd>
          {line.adapter !== null && (
            <>
              <dt>{text.adapter}</dt>
              <dd>{line.adapter}</dd>
            </>
          )}
          {trace !== null && (
            <>
              <dt>{text.trace}</dt>
              <dd class="mono">{trace}</dd>
            </>
          )}
        </dl>
        {Object.keys(line.fields).length > 0 && <pre class="fields">{JSON.stringify(line.fields, null, 2)}</pre>}
      </div>
    </Dialog>
  );
}
