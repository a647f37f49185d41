import { App } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { type Logger, LogTap, logFile, openFileLog, openServiceLog } from './log.ts';
import { notice, reportError } from './report.ts';
import { untilInterrupted } from './signals.ts';

/** How long what is left over may keep the process, once all is closed. */
const LINGER_MS = 1000;

/** Does the work of a command. @returns its exit code, 0 by default. */
export type Work = (app: App, signal: AbortSignal) => Promise<number | undefined>;

/**
 * Runs a command: reads the configuration, opens the log, hears Ctrl-C, closes everything and reports what went wrong.
 *
 * @param log - `service` writes to stdout, `file` to the home folder.
 */
export async function run(log: 'service' | 'file', work: Work): Promise<void> {
  let app: App | undefined;
  const signal = untilInterrupted();
  const fail = (error: unknown) => {
    // What a Ctrl-C tore apart is no mistake.
    if (signal.aborted) {
      process.exitCode ??= log === 'service' ? 0 : 130;
      return;
    }
    app?.log.error({ err: error }, 'failed');
    reportError(error, log === 'file' && app ? logFile(app.config.home) : undefined);
    process.exitCode = 1;
  };
  const crash = (error: unknown) => {
    fail(error);
    if (app) void app.close().finally(() => process.exit(1));
    else process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  quietPipes();
  try {
    const config = readConfig();
    const tap = new LogTap();
    app = new App(config, logFor(log, config, tap), tap);
    process.exitCode = (await work(app, signal)) ?? 0;
  } catch (error) {
    fail(error);
  } finally {
    await app?.close();
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
}

function logFor(log: 'service' | 'file', config: Config, tap: LogTap): Logger {
  return log === 'service'
    ? openServiceLog(config, tap)
    : openFileLog(config, tap, (text) => notice(`warning: ${text}`));
}

/** `wisecrack ask ... | head -1` closes our output: that is the wish of whoever reads, and no mistake. */
function quietPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}
