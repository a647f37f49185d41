import { problem } from '../../problems.ts';
import type { Draft } from '../../state/draft.ts';
import { format } from '../../text/parse.ts';
import { bool, chatId, int, type Method, method, text, textShape } from '../method.ts';

export const drafts: readonly Method[] = [
  method(
    'sendMessageDraft',
    {
      chat_id: chatId,
      message_thread_id: int.default(0),
      draft_id: int,
      text: text.default(''),
      ...textShape,
      can_stop: bool.default(false),
      keep_on_stop: bool.default(false),
    },
    ({ world, limits }, { chat_id, message_thread_id: thread, draft_id, can_stop, keep_on_stop, ...given }) => {
      if (draft_id === 0) throw problem('draftId');
      const { text, entities } = format(given, { empty: true });
      const chat = world.writable(chat_id);
      if (chat.type !== 'private') throw problem('draftChat');
      limits.spend('draft', chat.id);
      const before = chat.draftIn(thread);
      const same = before?.id === draft_id ? before : undefined;
      if (same?.stopped) {
        // The user has stopped it: nothing more of it is shown.
        chat.framesAfterStop++;
        return true;
      }
      const draft: Draft = {
        id: draft_id,
        thread,
        text,
        entities,
        at: world.clock.now(),
        frames: (same?.frames ?? 0) + 1,
        canStop: can_stop,
        keepOnStop: keep_on_stop,
        stopped: false,
      };
      chat.setDraft(draft);
      const { name: author } = world.bot;
      chat.history.push({
        at: draft.at,
        kind: 'draft',
        message: draft_id,
        author,
        text,
        buttons: can_stop ? ['Stop'] : [],
      });
      world.changed();
      return true;
    },
  ),
];
