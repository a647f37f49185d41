import { FakeTelegram, type FakeTelegramOptions } from './telegram.ts';

/** Starts a fake Telegram on a free port of 127.0.0.1. */
export function startFakeTelegram(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
  return FakeTelegram.start(options);
}

export type { Planned } from '../planned.ts';
export type { Logged } from './api/log.ts';
export type { Matcher } from './faults.ts';
export { defaultLimits, type Limit, type LimitName } from './limits.ts';
export type { Person } from './people/person.ts';
export type { Change, Chat } from './state/chat.ts';
export type { Draft } from './state/draft.ts';
export type { InlineAnswer, InlineQuery, InlineResult } from './state/inline.ts';
export type { Message } from './state/message.ts';
export type { Ping } from './state/pings.ts';
export type { Press } from './state/press.ts';
export type { Topic } from './state/topic.ts';
export type { User } from './state/user.ts';
export type { FakeTelegram, FakeTelegramOptions } from './telegram.ts';
export type { Update } from './updates/queue.ts';
