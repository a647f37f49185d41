import type { ChatButton, ChatMessage } from '../../api/index.ts';
import { Icon } from '../ui/icon.tsx';
import { report } from '../ui/toast.tsx';
import { press, takeBack } from './acts.ts';
import { Markdown } from './markdown/markdown.tsx';
import { editing, lastQuestion, votes } from './state.ts';
import { say } from './texts.ts';

/** One message. @param isLast - its buttons are always in sight; those of others appear when one points at them. */
export function Message({ message, isLast }: { message: ChatMessage; isLast: boolean }) {
  return message.role === 'person' ? <Question message={message} /> : <Reply message={message} isLast={isLast} />;
}

function Question({ message }: { message: ChatMessage }) {
  const text = say();
  const isMine = lastQuestion.value?.id === message.id;
  return (
    <article class={isMine ? 'message person newest-question' : 'message person'} aria-label={text.you}>
      <div class="bubble">{message.text}</div>
      {isMine && (
        <div class="acts">
          <button
            type="button"
            class="act"
            onClick={() => {
              editing.value = message;
            }}
          >
            {text.edit}
          </button>
          <button type="button" class="act" onClick={() => takeBack(message).catch(report)}>
            {text.remove}
          </button>
        </div>
      )}
    </article>
  );
}

function Reply({ message, isLast }: { message: ChatMessage; isLast: boolean }) {
  const { text, buttons, persona } = message;
  const isGrowing = buttons.includes('stop');
  const name = persona ?? say().bot;
  return (
    <article class={isLast ? 'message bot last' : 'message bot'} aria-label={name} aria-busy={isGrowing}>
      <p class="name">{name}</p>
      <Markdown text={text} />
      {/* There also when it is empty, so that nothing moves when the buttons come. Stop stands where one writes: here it would move. */}
      <div class="acts">
        {buttons
          .filter((button) => button !== 'stop')
          .map((button) => (
            <Act key={button} message={message} button={button} />
          ))}
      </div>
    </article>
  );
}

function Act({ message, button }: { message: ChatMessage; button: ChatButton }) {
  const isThumb = button === 'up' || button === 'down';
  return (
    <button
      type="button"
      class={isThumb ? `act thumb ${button}` : 'act'}
      {...(isThumb && { 'aria-pressed': votes.value[message.id] === button, 'aria-label': say()[button] })}
      onClick={() => void press(message, button)}
    >
      {isThumb ? <Icon name="up" /> : say()[button]}
    </button>
  );
}
