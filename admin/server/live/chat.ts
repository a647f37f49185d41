import type { Shown, ShownChange, ShownMessage } from '../../../queue/index.ts';
import type { ChatButton, ChatMessage } from '../../api/index.ts';
import type { Send } from './streams.ts';

/**
 * Sends what stands in a chat and what changes, until the signal. Of a text that grows only its end is sent.
 *
 * Changes are heard before the whole is read, and those that it holds already are passed over: so none is missed.
 */
export async function showChat(shown: Shown, conversation: string, send: Send, signal: AbortSignal): Promise<void> {
  /** What the page has; undefined until it has anything. */
  let page: { version: number; texts: Map<string, ShownMessage> } | undefined;
  let early: ShownChange[] = [];

  const tell = (change: ShownChange) => {
    if ('typing' in change) return send('typing', JSON.stringify({ ms: change.typing }));
    if (!page) return void early.push(change);
    if (change.version <= page.version) return;
    page.version = change.version;
    if ('cleared' in change) {
      page.texts.clear();
      return send('state', JSON.stringify({ messages: [] }));
    }
    if ('removed' in change) {
      for (const id of change.removed) page.texts.delete(id);
      return send('removed', JSON.stringify({ ids: change.removed }));
    }
    const { message } = change;
    const before = page.texts.get(message.id);
    page.texts.set(message.id, message);
    if (!before || !onlyGrows(before, message)) return send('message', JSON.stringify(asSeen(message)));
    const from = commonStart(before.text, message.text);
    send('text', JSON.stringify({ id: message.id, from, text: message.text.slice(from) }));
  };
  const begin = async () => {
    page = undefined;
    const { version, messages } = await shown.read(conversation);
    send('state', JSON.stringify({ messages: messages.map(asSeen) }));
    page = { version, texts: new Map(messages.map((message) => [message.id, message])) };
    const missed = early;
    early = [];
    for (const change of missed) tell(change);
  };

  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // A page that cannot be told all is told nothing more: it comes back and begins anew.
  const restart = () => void begin().catch((error) => failed.abort(error));
  await shown.hear(conversation, { change: tell, missed: restart }, either);
  await begin();
  if (!either.aborted) await new Promise((resolve) => either.addEventListener('abort', resolve, { once: true }));
  if (!signal.aborted) throw failed.signal.reason;
}

/** As the page sees a message: the job is none of its business. */
export function asSeen({ id, role, text, buttons, persona, at }: ShownMessage): ChatMessage {
  return { id, role, text, buttons: buttons as ChatButton[], persona: persona ?? null, at };
}

const onlyGrows = (before: ShownMessage, { buttons, persona, jobId }: ShownMessage) =>
  before.persona === persona && before.jobId === jobId && before.buttons.join() === buttons.join();

/** How many characters two texts begin with in common; never half of a surrogate pair. */
function commonStart(before: string, after: string): number {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before.charCodeAt(at) === after.charCodeAt(at)) at++;
  const last = after.charCodeAt(at - 1);
  return last >= 0xd800 && last < 0xdc00 ? at - 1 : at;
}
