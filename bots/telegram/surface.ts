import { type Api, InputFile } from 'grammy';
import type { MessageEntity } from 'grammy/types';
import type { BotLog } from '../chat/bot/index.ts';
import { localeOf } from '../chat/index.ts';
import { Recent } from '../chat/recent.ts';
import { type Place, type Surface, SurfaceError, type View } from '../chat/surface.ts';
import { grammySignal } from './api.ts';
import { Drafts } from './drafts.ts';
import { draftId, isPrivate, messageId, readDraftId, readMessageId } from './ids.ts';
import { keyboardOf } from './keyboard.ts';
import { Migrations } from './migrations.ts';
import { type Deed, isUnchanged, isUnknownMethod, migratedTo, problemOf } from './problems.ts';
import { LIMIT, render } from './render/index.ts';
import { type Worded, worded } from './worded.ts';

/** Between two edits, in ms: Telegram takes about one a second in a chat, and about 20 a minute in a group. */
const PRIVATE_GAP_MS = 1000;
const GROUP_GAP_MS = 3000;
/** For how many chats, and how long, it is remembered that they take no previews. */
const REMEMBERED = 1000;
const REMEMBERED_MS = 60 * 60_000;

export interface SurfaceOptions {
  api: Api;
  log: BotLog;
  migrations?: Migrations;
  /** Whether replies in private chats grow as previews, where the server has them. Default: true. */
  drafts?: boolean;
  /** How often a preview is shown again lest it fade, in ms. */
  refreshMs?: number;
}

/**
 * Telegram, as delivery sees it. What `Place.extra` may hold: `topic` (the topic of a chat) and `locale` (of the buttons).
 *
 * In private chats a reply that still grows (it can be stopped) is a preview, `draft/chat/number`: it is no message yet, and
 * fades unless it is shown again. To edit it into something that is over ends in a `preview` error: then the message is sent.
 */
export class TelegramSurface implements Surface {
  readonly platform = 'telegram';
  readonly limit = LIMIT;
  readonly files = true;
  readonly #api: Api;
  readonly #log: BotLog;
  readonly #migrations: Migrations;
  readonly #drafts: Drafts;
  readonly #draftless = new Recent<true>(REMEMBERED, REMEMBERED_MS);
  #hasDrafts: boolean;

  constructor({ api, log, migrations = new Migrations(), drafts = true, refreshMs }: SurfaceOptions) {
    this.#api = api;
    this.#log = log;
    this.#migrations = migrations;
    this.#hasDrafts = drafts;
    this.#drafts = new Drafts(refreshMs);
  }

  measure(text: string): number {
    return render(text).text.length;
  }

  gapMs({ channel }: Place): number {
    return isPrivate(channel) ? PRIVATE_GAP_MS : GROUP_GAP_MS;
  }

  /** The job whose reply a preview shows, as far as this process has shown it. */
  jobOfDraft(id: string): string | undefined {
    return this.#drafts.jobOf(id);
  }

  async send(place: Place, view: View, nonce: string, signal?: AbortSignal): Promise<string> {
    const id = draftId(place.channel, nonce);
    if (grows(view) && (await this.#showDraft(place, id, view, signal))) return id;
    const replyTo = place.replyTo === undefined ? undefined : readMessageId(place.replyTo);
    return this.#in(place, 'send', async (chat) => {
      const where = {
        ...topicOf(place),
        // Of a group that has become a supergroup the old messages are elsewhere.
        ...(replyTo?.chat === chat && {
          reply_parameters: { message_id: replyTo.message, allow_sending_without_reply: true },
        }),
      };
      const { file } = view;
      const sent = file
        ? await this.#api.sendDocument(
            chat,
            new InputFile(Buffer.from(file.text), file.name),
            where,
            grammySignal(signal),
          )
        : await this.#worded(view, ({ text, entities }) =>
            this.#api.sendMessage(chat, text, { ...looks(view, place, entities), ...where }, grammySignal(signal)),
          );
      return messageId(chat, sent.message_id);
    });
  }

  async edit(place: Place, message: string, view: View, signal?: AbortSignal): Promise<void> {
    if (readDraftId(message)) {
      if (grows(view) && (await this.#showDraft(place, message, view, signal))) return;
      this.#drafts.over(message);
      throw new SurfaceError('preview', 'the preview is to become a message');
    }
    const which = ours(message);
    if (view.file) throw new SurfaceError('locked', 'a message cannot become a file');
    await this.#in(place, 'edit', async (chat) => {
      if (which.chat !== chat) throw new SurfaceError('locked', 'the group has become a supergroup');
      try {
        await this.#worded(view, ({ text, entities }) =>
          this.#api.editMessageText(chat, which.message, text, looks(view, place, entities), grammySignal(signal)),
        );
      } catch (error) {
        if (!isUnchanged(error)) throw error;
      }
    });
  }

  async remove(place: Place, message: string): Promise<void> {
    if (readDraftId(message)) return this.#drafts.over(message);
    const which = ours(message);
    try {
      await this.#in(place, 'edit', async (chat) => {
        if (which.chat === chat) await this.#api.deleteMessage(chat, which.message);
      });
    } catch (error) {
      const { problem } = problemOf(error, 'edit');
      if (problem !== 'message-gone' && problem !== 'place-gone') throw error;
    }
  }

  /** Telegram lets no bot look for its messages. */
  async find(): Promise<'unknown'> {
    return 'unknown';
  }

  async typing(place: Place): Promise<void> {
    await this.#in(place, 'edit', (chat) => this.#api.sendChatAction(chat, 'typing', topicOf(place)));
  }

  /** Shows no preview any more. */
  close(): void {
    this.#drafts.close();
  }

  /** @returns whether the chat and the server know previews. */
  async #showDraft(place: Place, id: string, view: View, signal?: AbortSignal): Promise<boolean> {
    const which = readDraftId(id);
    if (!which || !this.#hasDrafts || !isPrivate(which.chat) || this.#draftless.get(place.channel)) return false;
    const show = (signal?: AbortSignal) =>
      this.#worded(view, ({ text, entities }) =>
        this.#api.sendMessageDraft(
          which.chat,
          which.draft,
          text,
          { entities, ...topicOf(place), can_stop: true, keep_on_stop: true },
          grammySignal(signal),
        ),
      );
    try {
      await show(signal);
    } catch (error) {
      if (isUnknownMethod(error)) this.#hasDrafts = false;
      // Nothing was shown for good, so that it may be shown once more.
      const problem = problemOf(error, 'edit');
      if (problem.problem !== 'refused') throw problem;
      this.#draftless.set(place.channel, true);
      this.#log.info({ error: problem.message }, 'there are no previews here: replies grow by edits');
      return false;
    }
    this.#drafts.shown(id, view.jobId, show);
    return true;
  }

  #worded<Value>({ text, jobId }: View, call: (words: Worded) => Promise<Value>): Promise<Value> {
    return worded(text, call, (error) => {
      this.#log.warn({ job: jobId, error: problemOf(error, 'edit').message }, 'Telegram refused the entities');
    });
  }

  /** Does something in a place, wherever its chat has moved to. @throws SurfaceError */
  async #in<Value>({ channel }: Place, deed: Deed, act: (chat: number) => Promise<Value>): Promise<Value> {
    const chat = this.#migrations.current(Number(channel));
    try {
      return await act(chat);
    } catch (error) {
      const to = migratedTo(error);
      if (to === undefined) throw problemOf(error, deed);
      this.#migrations.note(chat, to);
      return await act(to).catch((failed) => {
        throw problemOf(failed, deed);
      });
    }
  }
}

/** Whether a reply is not over: it can be stopped. */
const grows = ({ buttons }: View) => buttons.includes('stop');

const looks = (view: View, { extra }: Place, entities: MessageEntity[]) => ({
  entities,
  link_preview_options: { is_disabled: true },
  reply_markup: keyboardOf(view, localeOf(extra?.locale)),
});

const topicOf = ({ extra }: Place) => (extra?.topic === undefined ? {} : { message_thread_id: Number(extra.topic) });

function ours(message: string): { chat: number; message: number } {
  const which = readMessageId(message);
  if (!which) throw new SurfaceError('message-gone', `no message of Telegram: ${message}`);
  return which;
}
