import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chat, type Locale, localeOf } from '../bots/chat/index.ts';
import { runConsole } from '../bots/console/index.ts';
import type { App } from './app.ts';

/** The conversations of this terminal. */
export async function openChat(app: App): Promise<Chat> {
  const [queue, personas] = await Promise.all([app.queue(), app.personas()]);
  return new Chat({ queue, personas, platform: 'console', persona: app.config.persona });
}

/** The language that the terminal is set to. */
export function terminalLocale(env: NodeJS.ProcessEnv = process.env): Locale {
  return localeOf(env.LC_ALL || env.LC_MESSAGES || env.LANG);
}

/** Runs the console on stdin and stdout, in the conversation that belongs to this home. */
export async function runTerminal(app: App, signal: AbortSignal): Promise<void> {
  const { home } = app.config;
  const typed = join(home, 'chat-history');
  await runConsole({
    chat: await openChat(app),
    conversation: `console:${terminalId(home)}`,
    locale: terminalLocale(),
    signal,
    history: read(typed).split('\n').filter(Boolean),
    onHistory: (history) => write(typed, history.join('\n')),
  });
}

/** A name for this home that stays, so that a conversation goes on after a restart, also in a Redis that several homes share. */
function terminalId(home: string): string {
  const file = join(home, 'console-id');
  const known = read(file).trim();
  if (known) return known;
  const made = randomUUID();
  write(file, made);
  return made;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** For its owner only: it tells what somebody talked about. */
function write(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
}
