import { diffLines, diffWordsWithSpace } from 'diff';
import { useMemo } from 'preact/hooks';
import { texts } from '../texts.ts';
import { pair } from './format.ts';
import './diff.css';

const say = texts({
  en: { same: 'Nothing differs.', label: 'What differs', added: 'added', removed: 'removed' },
  zh: { same: '没有差异。', label: '差异', added: '新增', removed: '删除' },
});

interface Line {
  kind: 'same' | 'added' | 'removed';
  parts: { text: string; changed: boolean }[];
}

/** How many unchanged lines stand around a change. */
const AROUND = 3;

/** Two texts line by line: what went, what came, and which words of a line. */
export function Diff({ before, after }: { before: string; after: string }) {
  const lines = useMemo(() => nearChanges(linesOf(before, after)), [before, after]);
  if (before === after) return <p class="quiet">{say().same}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, which must work by keyboard
    <section class="diff" aria-label={say().label} tabIndex={0}>
      {lines.map((line, at) =>
        line === 'gap' ? (
          <div key={at} class="diff-gap" aria-hidden="true">
            ···
          </div>
        ) : (
          <div key={at} class={`diff-line ${line.kind}`}>
            <span class="diff-sign" aria-hidden="true">
              {{ same: '', added: '+', removed: '−' }[line.kind]}
            </span>
            {line.kind !== 'same' && <span class="unseen">{pair(say()[line.kind], '')}</span>}
            <span>
              {line.parts.map(({ text, changed }, part) => (changed ? <mark key={part}>{text}</mark> : text))}
            </span>
          </div>
        ),
      )}
    </section>
  );
}

function linesOf(before: string, after: string): Line[] {
  const lines: Line[] = [];
  const changes = diffLines(before, after);
  for (const [at, change] of changes.entries()) {
    const next = changes[at + 1];
    if (change.removed && next?.added && change.count === next.count) {
      // As many lines went as came: each is shown over its successor, with the words that differ marked.
      const [old, fresh] = [split(change.value), split(next.value)];
      const pairs = old.map((line, index) => diffWordsWithSpace(line, fresh[index] ?? ''));
      const half = (kind: 'added' | 'removed', other: 'added' | 'removed') =>
        pairs.map(
          (words): Line => ({
            kind,
            parts: words.filter((it) => !it[other]).map((it) => ({ text: it.value, changed: it[kind] })),
          }),
        );
      lines.push(...half('removed', 'added'), ...half('added', 'removed'));
    } else if (!(change.added && changes[at - 1]?.removed && changes[at - 1]?.count === change.count)) {
      const kind = change.added ? 'added' : change.removed ? 'removed' : 'same';
      lines.push(...split(change.value).map((text): Line => ({ kind, parts: [{ text, changed: false }] })));
    }
  }
  return lines;
}

const split = (text: string) => text.replace(/\n$/, '').split('\n');

function nearChanges(lines: Line[]): (Line | 'gap')[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some((it) => it.kind !== 'same'),
  );
  return lines.flatMap((line, at): (Line | 'gap')[] => (near[at] ? [line] : near[at - 1] || at === 0 ? ['gap'] : []));
}
