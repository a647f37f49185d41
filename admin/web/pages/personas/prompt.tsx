import { shortageText } from '../../api/shortages.ts';
import { texts } from '../../texts.ts';
import { pair } from '../../ui/format.ts';
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
    evicted: (turns: string, at: number, reason: string) =>
      `Message ${turns} left the window when message ${at} came: ${reason}.`,
    cut: (turns: string) => `Too long, and without its middle: message ${turns}.`,
    text: 'The prompt',
  },
  zh: {
    window: '上下文窗口（词元）',
    static: '静态',
    summary: '摘要',
    history: '历史',
    reply: '回复',
    slack: '余量',
    lead: (examples) => `模型回答前读到的全部内容。${examples}`,
    examples: (fit, given) => (fit === given ? `${given} 个示例全部放得下。` : `${given} 个示例中放得下 ${fit} 个。`),
    stop: '遇到以下内容即停止',
    evicted: (turns, at, reason) => `第 ${at} 条消息到来时，第 ${turns} 条移出了窗口：${reason}。`,
    cut: (turns) => `第 ${turns} 条消息过长，省去了中间部分。`,
    text: '提示词',
  },
});

const NOT_YET: Prompt['bar'] = {
  ...{ context: 0, static: 0, staticBudget: 0, summary: 0, summaryBudget: 0, history: 0, historyBudget: 0 },
  ...{ reply: 0, slack: 0 },
};

/** What the parts of the window take. It takes its room before that is known, so that nothing moves when it is. */
export function TokenBar({ bar: known }: { bar: Prompt['bar'] | undefined }) {
  const text = say();
  const bar = known ?? NOT_YET;
  return (
    <Parts
      label={text.window}
      pending={!known}
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
      {prompt.evicted.map(({ turns, at, reason }) => (
        <p class="notice" key={at}>
          {text.evicted(placesOf(turns), at + 1, shortageText(reason))}
        </p>
      ))}
      {prompt.cut.length > 0 && <p class="notice">{text.cut(placesOf(prompt.cut))}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long prompt scrolls, which must work by keyboard */}
      <section class="exact" tabIndex={0} aria-label={text.text}>
        {prompt.text}
      </section>
      <p class="quiet">{pair(text.stop, prompt.stop.map((it) => JSON.stringify(it)).join('  '))}</p>
    </div>
  );
}

/** People count from 1; what goes together goes one after the other. */
function placesOf(turns: readonly number[]): string {
  const [first = 0, last = first] = [turns[0], turns.at(-1)];
  return turns.length === last - first + 1 && turns.length > 2
    ? `${first + 1}-${last + 1}`
    : turns.map((turn) => turn + 1).join(', ');
}
