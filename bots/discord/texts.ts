import type { Locale } from '../chat/index.ts';

/** What only Discord shows of ours, in one language. */
export interface DiscordTexts {
  /** Above the list of personas of "Answer this". */
  whoAnswers: string;
  /** In the list of personas, before one is chosen. */
  choose: string;
  comes: string;
  /** "Answer this" was opened before a restart. */
  askAgain: string;
  /** A slash command waited for longer than Discord lets it. */
  tooLate: string;
  /** A command had nothing to say. */
  done: string;
  failed: string;
}

const en: DiscordTexts = {
  whoAnswers: 'Who shall answer?',
  choose: 'Choose a persona',
  comes: 'The answer is on its way.',
  askAgain: 'That was too long ago. Open "Answer this" on the message again.',
  tooLate: 'The queue was longer than Discord is patient. Please ask again.',
  done: 'Done.',
  failed: 'That did not work. Please try again.',
};

const zh: DiscordTexts = {
  whoAnswers: '让谁来回答？',
  choose: '选一个角色',
  comes: '回答马上就来。',
  askAgain: '隔得太久了。请在那条消息上重新打开“回答这条”。',
  tooLate: '队伍太长，Discord 等不及了。请再问一次。',
  done: '好了。',
  failed: '没有成功，请再试一次。',
};

export const texts: Record<Locale, DiscordTexts> = { en, zh };
