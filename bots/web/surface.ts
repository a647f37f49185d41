import { reasonOf } from '../../errors.ts';
import type { Shown, ShownMessage } from '../../queue/index.ts';
import { type Place, type Surface, SurfaceError, type View } from '../chat/surface.ts';
import { conversationOf, PLATFORM } from './ids.ts';

/** The longest message, in characters: a whole reply in nearly all cases. */
const LIMIT = 12_000;
/** How long a page shows that somebody writes. */
const TYPING_MS = 5000;

/**
 * The pages of the web chat, as delivery sees them. A message is called by its nonce, so that sending it twice is sending it
 * once, and whether it has arrived can always be told.
 */
export class WebSurface implements Surface {
  readonly platform = PLATFORM;
  readonly limit = LIMIT;
  readonly #shown: Shown;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  measure(text: string): number {
    return text.length;
  }

  async send({ channel }: Place, view: View, nonce: string): Promise<string> {
    await reached(this.#shown.put(conversationOf(channel), messageOf(nonce, view, Date.now())));
    return nonce;
  }

  async edit({ channel }: Place, message: string, view: View): Promise<void> {
    const conversation = conversationOf(channel);
    const before = await reached(this.#shown.get(conversation, message));
    const there = before && (await reached(this.#shown.edit(conversation, messageOf(message, view, before.at))));
    if (!there) throw new SurfaceError('message-gone', 'the message is no longer shown');
  }

  async remove({ channel }: Place, message: string): Promise<void> {
    await reached(this.#shown.remove(conversationOf(channel), [message]));
  }

  async find({ channel }: Place, _view: View, nonce: string): Promise<string | undefined> {
    return (await reached(this.#shown.get(conversationOf(channel), nonce)))?.id;
  }

  async typing({ channel }: Place): Promise<void> {
    await this.#shown.typing(conversationOf(channel), TYPING_MS);
  }
}

function messageOf(id: string, { text, buttons, jobId, persona }: View, at: number): ShownMessage {
  return { id, role: 'bot', text, buttons: [...buttons], jobId, ...(persona !== undefined && { persona }), at };
}

/** Redis may have done what it did not answer. */
async function reached<Value>(asked: Promise<Value>): Promise<Value> {
  try {
    return await asked;
  } catch (error) {
    throw new SurfaceError('unknown', `Redis did not answer: ${reasonOf(error)}`, { cause: error });
  }
}
