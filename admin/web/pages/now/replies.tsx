import { post } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { clock } from '../../ui/clock.ts';
import { duration, number } from '../../ui/format.ts';
import { Section } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { type Live, replies } from './live.ts';
import { say } from './texts.ts';

/** Every reply that is being made, as it grows. */
export function Replies() {
  const text = say();
  return (
    <Section title={text.replies}>
      {!may('operator') && <p class="faint">{text.hidden}</p>}
      {replies.value.length === 0 ? (
        <div class="panel">
          <Empty title={text.none}>{text.noneBody}</Empty>
        </div>
      ) : (
        <ol class="replies panel">
          {replies.value.map((live) => (
            <Reply key={live.reply.jobId} live={live} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function Reply({ live }: { live: Live }) {
  const { reply, state } = live;
  const text = say();
  const running = state.value === 'running' || state.value === 'waiting';
  return (
    <li class={running ? 'reply' : 'reply over'}>
      <div class="reply-head">
        <b>{reply.persona}</b>
        <span class="clip">{reply.who.name}</span>
        <a class="clip faint" href={`/conversations/${encodeURIComponent(reply.conversation)}`}>
          {reply.conversation}
        </a>
        <span class="reply-figures figure">
          <State of={state.value} />
          <Tokens of={live} />
          {running && <Elapsed since={reply.since} />}
          {may('operator') && (
            <>
              <a href={`/replies/${encodeURIComponent(reply.jobId)}`}>{text.life}</a>
              <Button
                small
                kind="ghost"
                aria-label={text.cancelReply(reply.who.name)}
                disabled={!running}
                onClick={async () => {
                  await post('/api/replies/:jobId/cancel', { params: { jobId: reply.jobId } });
                  toast(text.cancelled);
                }}
              >
                {text.cancel}
              </Button>
            </>
          )}
        </span>
      </div>
      {reply.text !== null && (
        <div class="reply-text">
          <p class="said">{live.text}</p>
        </div>
      )}
    </li>
  );
}

const tones: Partial<Record<Live['state']['value'], Tone>> = {
  stop: 'good',
  length: 'good',
  failed: 'bad',
  gone: 'bad',
};

function State({ of }: { of: Live['state']['value'] }) {
  if (of === 'running') return null;
  return <Badge tone={tones[of] ?? 'none'}>{of === 'waiting' ? say().waits : say().finish[of]}</Badge>;
}

const Tokens = ({ of }: { of: Live }) => <span>{say().tokens(number(of.tokens.value))}</span>;

const Elapsed = ({ since }: { since: number }) => (
  <span class="reply-elapsed">{duration(Math.max(0, Math.floor((clock.value - since) / 1000) * 1000))}</span>
);
