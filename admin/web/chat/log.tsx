import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Markdown } from './markdown/markdown.tsx';
import { Message } from './message.tsx';
import { isWriting, messages, notes, speaker, unsent } from './state.ts';
import { say } from './texts.ts';

/** How near to the end, in pixels, is at the end. */
const NEAR = 48;

/** What was said, the newest below. While one looks at the end, it stays in view as the text grows; else nothing moves. */
export function Log() {
  const box = useRef<HTMLElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });

  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current) toEnd();
    });
    for (const element of [box.current, inner.current]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Whoever says something wants to see what comes of it.
  useEffect(() => {
    if (unsent.value.length > 0) toEnd();
  }, [unsent.value]);

  const look = () => {
    const element = box.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    setAway(!atEnd.current);
  };
  const text = say();
  const all = messages.value;
  const known = new Set(all?.map(({ id }) => id));
  const lastBot = all?.findLast(({ role }) => role === 'bot')?.id;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <main class="log" ref={box} onScroll={look} tabIndex={0} aria-label={text.messages}>
      <div class="inner" ref={inner} role="log" aria-live="polite" aria-label={text.messages}>
        {all?.length === 0 && unsent.value.length === 0 && <Empty />}
        {all?.map((message) => (
          <Fragment key={message.id}>
            <Message message={message} isLast={message.id === lastBot} />
            <Notes after={(it) => it === message.id} />
          </Fragment>
        ))}
        <Notes after={(it) => it === undefined || !known.has(it)} />
        {unsent.value
          .filter(({ id }) => id === undefined || !known.has(id))
          .map(({ said, text: own }) => (
            <article key={said} class="message person unsent">
              <div class="bubble">{own}</div>
            </article>
          ))}
        {isWriting.value && all?.at(-1)?.role === 'person' && (
          <p class="writing">
            <span class="name">{speaker.value?.name ?? text.bot}</span>
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <span class="unseen">{text.writing}</span>
          </p>
        )}
      </div>
      {away && (
        <button type="button" class="newest" aria-label={text.newest} onClick={toEnd}>
          ↓
        </button>
      )}
    </main>
  );
}

function Empty() {
  const one = speaker.value;
  return (
    <div class="empty">
      <h2>{one?.name ?? say().bot}</h2>
      <p>{one?.description ?? say().empty}</p>
      <p class="faint hint">{say().hint}</p>
    </div>
  );
}

function Notes({ after }: { after: (id: string | undefined) => boolean }) {
  return (
    <>
      {notes.value
        .filter((note) => after(note.after))
        .map(({ id, text }) => (
          <aside key={id} class="note">
            <Markdown text={text} />
            <button
              type="button"
              class="bare"
              aria-label={say().dismiss}
              onClick={() => {
                notes.value = notes.value.filter((note) => note.id !== id);
              }}
            >
              ×
            </button>
          </aside>
        ))}
    </>
  );
}
