import { useRef } from 'preact/hooks';
import type { Problem } from '../../../api/index.ts';
import { mistakeText } from '../../api/mistakes.ts';
import { say } from './texts.ts';

interface Props {
  text: string;
  problems: readonly Problem[];
  disabled: boolean;
  onInput: (text: string) => void;
}

/** The file itself, and its mistakes by line. */
export function Yaml({ text, problems, disabled, onInput }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const goTo = ({ line, column }: Problem) => {
    const before = text.split('\n').slice(0, Math.max(0, line - 1));
    const at = before.join('\n').length + (before.length > 0 ? 1 : 0) + Math.max(0, column - 1);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <div class="stack">
      {problems.length > 0 && (
        <div class="notice bad" role="alert">
          <ul>
            {problems.map((problem) => (
              <li key={`${problem.path.join('.')} ${problem.line} ${problem.message}`}>
                {problem.line > 0 ? (
                  <button type="button" class="line-link figure" onClick={() => goTo(problem)}>
                    {problem.line}:{problem.column}
                  </button>
                ) : null}{' '}
                {mistakeText(problem)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <textarea
        ref={area}
        class="input area yaml mono"
        aria-label={say().tabs.yaml}
        spellcheck={false}
        rows={30}
        readOnly={disabled}
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
