import { texts } from '../../texts.ts';
import { Parts } from '../../ui/meter.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import type { Prompt } from './check.ts';
import { say as sayPage } from './texts.ts';

const say = texts({
  en: {
    window: 'The window, in tokens',
    static: 'Static',
    summary: 'Summary',
    history: 'History',
    reply: 'Reply',
    slack: 'Slack',
    lead: (examples: string) => `Exactly what the model reads before it answers. ${examples}`,
    examples: (fit: number, given: number) =>
      fit === given ? `All ${given} examples fit.` : `${fit} of ${given} examples fit.`,
    stop: 'It stops before',
    text: 'The prompt',
  },
  zh: {
    window: '窗口（词元）',
    static: '静态',
    summary: '摘要',
    history: '历史',
    reply: '回复',
    slack: '余量',
    lead: (examples) => `模型回答前读到的全部内容。${examples}`,
    examples: (fit, given) =>
      fit === given ? `全部 ${given} 个示例均可容纳。` : `可容纳 ${given} 个示例中的 ${fit} 个。`,
    stop: '遇到以下内容即停止',
    text: '提示',
  },
});

/** What the parts of the window take. */
export function TokenBar({ bar }: { bar: Prompt['bar'] }) {
  const text = say();
  return (
    <Parts
      label={text.window}
      of={bar.context}
      parts={[
        { name: 'static', label: text.static, value: bar.static, of: bar.staticBudget },
        { name: 'summary', label: text.summary, value: bar.summary, of: bar.summaryBudget },
        { name: 'history', label: text.history, value: bar.history, of: bar.historyBudget },
        { name: 'reply', label: text.reply, value: bar.reply },
        { name: 'slack', label: text.slack, value: bar.slack },
      ]}
    />
  );
}

/** The exact text that goes to the model. */
export function PromptView({
  prompt,
  error,
  mistakes,
}: {
  prompt: Prompt | undefined;
  error: unknown;
  mistakes: number;
}) {
  const text = say();
  if (mistakes > 0) return <p class="notice warn">{sayPage().mendFirst}</p>;
  if (error) return <Failed error={error} />;
  if (!prompt) return <Loading />;
  return (
    <div class="stack">
      <p class="quiet">{text.lead(text.examples(prompt.examples, prompt.examplesGiven))}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long prompt scrolls, which must work by keyboard */}
      <section class="exact" tabIndex={0} aria-label={text.text}>
        {prompt.text}
      </section>
      <p class="quiet">
        {text.stop}: {prompt.stop.map((it) => JSON.stringify(it)).join('  ')}
      </p>
    </div>
  );
}
