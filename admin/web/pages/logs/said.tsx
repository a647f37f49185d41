import type { Life } from '../../../api/index.ts';
import { duration, number } from '../../ui/format.ts';
import { Section } from '../../ui/page.tsx';
import { say } from './texts.ts';

/** Question, reply, figures and prompt; texts only where they were revealed. */
export function Said({ life }: { life: Life }) {
  const text = say();
  const figures = life.end?.figures;
  return (
    <div class="stack">
      {life.question && (
        <Section title={text.question}>
          <Words text={life.question.text} length={life.question.length} />
        </Section>
      )}
      {life.end && (
        <Section title={text.reply}>
          <Words text={life.end.text} length={life.end.length} />
        </Section>
      )}
      {figures && (
        <Section title={text.figures}>
          <dl class="facts figure">
            <dt>{text.promptTokens}</dt>
            <dd>{number(figures.promptTokens)}</dd>
            <dt>{text.replyTokens}</dt>
            <dd>{number(figures.replyTokens)}</dd>
            <dt>{text.wait}</dt>
            <dd>{duration(figures.waitMs)}</dd>
            <dt>{text.firstToken}</dt>
            <dd>{duration(figures.firstTokenMs)}</dd>
            <dt>{text.total}</dt>
            <dd>{duration(figures.totalMs)}</dd>
            <dt>{text.speed}</dt>
            <dd>{number(figures.tokensPerSecond, 1)}</dd>
          </dl>
        </Section>
      )}
      {life.revealed && (
        <Section title={text.prompt}>
          {life.prompt === null ? (
            <p class="quiet">{text.promptGone}</p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a long prompt scrolls, which must work by keyboard
            <pre class="prompt" tabIndex={0}>
              {life.prompt}
            </pre>
          )}
        </Section>
      )}
    </div>
  );
}

const Words = ({ text, length }: { text: string | null; length: number }) =>
  text === null ? <p class="faint">{say().hidden(number(length))}</p> : <p class="said">{text}</p>;
