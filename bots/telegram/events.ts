import { sequentialize } from '@grammyjs/runner';
import type { Bot } from 'grammy';
import type { MessageGenerationStopped, Update } from 'grammy/types';
import { reasonOf } from '../../errors.ts';
import type { BotLog } from '../chat/bot/index.ts';
import type { Ears } from '../chat/heard.ts';
import type { Commands } from './commands/commands.ts';
import { isCommand, isQuestion } from './commands/definitions.ts';
import { channelOf, conversationOf, draftIdOf } from './ids.ts';
import type { Inline } from './inline.ts';
import type { Me } from './me.ts';
import type { Migrations } from './migrations.ts';
import { personOf } from './people.ts';
import type { Presses } from './presses.ts';
import { heardOf } from './triggers.ts';
import { commandIn, isForUs, wordsOf } from './words.ts';

/** What we want to hear of. Telegram tells of `stopped_message_generation` only those who ask for it. */
export const newsWanted = [
  'message',
  'edited_message',
  'callback_query',
  'inline_query',
  'stopped_message_generation',
  'my_chat_member',
] as const satisfies readonly Exclude<keyof Update, 'update_id'>[];

export interface EventsOptions {
  ears: Ears;
  me: Me;
  commands: Commands;
  presses: Presses;
  /** Without it, inline mode says nothing. */
  inline: Inline | undefined;
  migrations: Migrations;
  /** The job whose reply a preview shows. */
  jobOfDraft: (draft: string) => Promise<string | undefined>;
  log: BotLog;
}

/** Tells `ears` what an update says. An update is done when it has been heard, not when it is answered. */
export function connectEvents(bot: Bot, options: EventsOptions): void {
  const { ears, me, commands, presses, inline, migrations, log } = options;

  bot.use(sequentialize((context) => context.chat && `${context.chat.id}`));
  bot.on('message', async ({ message }) => {
    const { chat, migrate_to_chat_id: to, migrate_from_chat_id: from } = message;
    if (to !== undefined) return migrations.note(chat.id, to);
    if (from !== undefined) return migrations.note(from, chat.id);
    const command = commandIn(wordsOf(message));
    if (command && isCommand(command.name) && isForUs(command, me)) {
      return commands.handle(message, command.name, command);
    }
    const heard = heardOf(message, me);
    if (heard) await ears.hear(heard);
  });
  bot.on('edited_message', async ({ editedMessage: message }) => {
    const command = commandIn(wordsOf(message));
    // What a command has done is done; a question may be put another way.
    if (command && (isCommand(command.name) || isQuestion(command.name)) && command.name !== 'ask') return;
    const heard = heardOf(message, me);
    if (heard) await ears.edited(heard);
  });
  bot.on('callback_query', ({ callbackQuery }) => presses.handle(callbackQuery));
  bot.on('inline_query', ({ inlineQuery }) => {
    // It takes seconds: nobody else's update is to wait for it.
    inline?.handle(inlineQuery).catch((error) => log.warn({ error: reasonOf(error) }, 'an inline question failed'));
  });
  bot.on('stopped_message_generation', ({ update }) => stopped(update.stopped_message_generation, options));
  bot.on('my_chat_member', ({ myChatMember: { chat, new_chat_member: now } }) => {
    log.info({ chat: chat.id, status: now.status }, 'the bot has another place in a chat');
  });
  bot.catch(({ error, ctx }) => {
    log.warn({ update: ctx.update.update_id, error: reasonOf(error) }, 'an update of Telegram failed');
  });
}

/** Somebody has pressed the stop button of a preview. Telegram only stops showing it. */
async function stopped(
  { chat, message_thread_id: topic, draft_id: draft }: MessageGenerationStopped,
  { ears, jobOfDraft }: EventsOptions,
): Promise<void> {
  const jobId = await jobOfDraft(draftIdOf(chat.id, draft));
  if (jobId === undefined) return;
  const channel = channelOf(chat.id, topic);
  const at = { conversation: conversationOf(chat.id, topic), channel, direct: true, place: { channel: `${chat.id}` } };
  await ears.press('stop', jobId, personOf({ ...chat, is_bot: false }, { canManage: true }), at);
}
