import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { reasonOf, WisecrackError } from '../errors.ts';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/** A log that has become longer than this is put aside, as `.1`, when the next process starts. */
const LONGEST = 10 * 1024 * 1024;
/** Errors are reported by whoever ends because of them. */
const WARNING = 40;

/** How many lines wait for a place to be kept in. */
const WAITING = 500;

/** Hands log lines on to where the dashboard finds them; those of the beginning wait until that is known. */
export class LogTap {
  #waiting: string[] = [];
  #keep: ((line: string) => void) | undefined;

  write(line: string): void {
    if (this.#keep) this.#keep(line);
    else if (this.#waiting.length < WAITING) this.#waiting.push(line);
  }

  attach(keep: (line: string) => void): void {
    this.#keep = keep;
    for (const line of this.#waiting) keep(line);
    this.#waiting = [];
  }
}

/** JSON lines on stdout, for services: whoever runs us collects them. */
export function openServiceLog({ logLevel }: Config, tap: LogTap): Logger {
  return openLog(logLevel as pino.Level, [pino.destination({ dest: 1, sync: true }), tap]);
}

/** JSON lines in `<home>/wisecrack.log`, for commands that somebody watches; only warnings reach the terminal, by `warn`. */
export function openFileLog({ logLevel, home }: Config, tap: LogTap, warn: (message: string) => void): Logger {
  const file = logFile(home);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    putAside(file);
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw new WisecrackError('WISECRACK_CONFIG_INVALID', { name: 'WISECRACK_HOME', reason: reasonOf(error) });
  }
  const toFile = pino.destination({ dest: file, sync: true, mode: 0o600 });
  const toTerminal = {
    write(line: string) {
      const { level, msg, error } = JSON.parse(line);
      if (level === WARNING) warn(error === undefined ? msg : `${msg}: ${error}`);
    },
  };
  return openLog(logLevel as pino.Level, [toFile, toTerminal, tap]);
}

function openLog(level: pino.Level, streams: { write(line: string): void }[]): Logger {
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.multistream(streams.map((stream) => ({ level, stream }))),
  );
}

/** For what leaves no traces. */
export function silentLog(): Logger {
  return pino({ level: 'silent' });
}

export function logFile(home: string): string {
  return join(home, 'wisecrack.log');
}

function putAside(file: string): void {
  try {
    if (statSync(file).size > LONGEST) renameSync(file, `${file}.1`);
  } catch {} // There is none yet.
}
