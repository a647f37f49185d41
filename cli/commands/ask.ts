import { randomUUID } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { type Chat, checkText, findPersona, type Update } from '../../bots/chat/index.ts';
import { plain } from '../../bots/console/index.ts';
import { isErrorCode, WisecrackError } from '../../errors.ts';
import { openChat, terminalLocale } from '../chat.ts';
import { notice } from '../report.ts';
import { run } from '../run.ts';
import { ensureWorker } from '../worker.ts';

export interface AskOptions {
  persona?: string;
  seed?: number;
  device?: string;
  json?: boolean;
}

type End = Extract<Update, { type: 'end' }>;

const INTERRUPTED = 130;

/** `wisecrack ask`: one question, through the same queue and worker as every other. */
export function ask(words: string[], options: AskOptions): Promise<void> {
  return run('file', async (app, signal) => {
    const question = words.length === 1 && words[0] === '-' ? await readAll(process.stdin) : words.join(' ');
    // Before a model is loaded for nothing.
    checkText(question);
    const persona = findPersona(await app.personas(), options.persona ?? app.config.persona);
    const chat = await openChat(app);
    await ensureWorker(app, signal, notice, options.device);
    if (signal.aborted) return INTERRUPTED;

    const conversation = `console:ask-${randomUUID()}`;
    const job = await chat.say({
      conversation,
      author: { id: 'console', name: 'You' },
      text: question,
      persona: persona.id,
      locale: terminalLocale(),
      ...(options.seed !== undefined && { seed: options.seed }),
    });
    signal.addEventListener('abort', () => chat.stop(conversation).catch(() => undefined));
    const { end, model } = await follow(chat, job, options.json !== true);
    // Nobody will go on with it.
    await chat.reset(conversation);
    if (options.json) console.log(JSON.stringify(summary(end, persona.id, model)));
    if (end.finish === 'failed') complain(end);
    if (signal.aborted) return INTERRUPTED;
    return end.finish === 'failed' ? 1 : 0;
  });
}

/** Follows the reply to its end, and streams it to stdout unless that is for JSON. */
async function follow(chat: Chat, job: string, streams: boolean): Promise<{ end: End; model: string }> {
  let model = '';
  let last = '\n';
  for await (const update of chat.follow(job)) {
    if (update.type === 'begun') model = update.model;
    if (update.type === 'text' && streams) {
      process.stdout.write(plain(update.added));
      last = update.added.at(-1) ?? last;
    }
    if (update.type !== 'end') continue;
    if (streams && last !== '\n') process.stdout.write('\n');
    return { end: update, model };
  }
  throw new WisecrackError('WISECRACK_ENGINE_CLOSED');
}

/** What --json prints. */
function summary({ text, finish, figures }: End, persona: string, model: string): object {
  const { promptTokens, replyTokens, waitMs, firstTokenMs, totalMs, tokensPerSecond } = figures;
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return {
    reply: text,
    persona,
    model,
    promptTokens,
    replyTokens,
    waitMs: tenth(waitMs),
    firstTokenMs: tenth(firstTokenMs),
    totalMs: tenth(totalMs),
    tokensPerSecond: tenth(tokensPerSecond),
    finish,
  };
}

function complain({ apology, error }: End): void {
  if (apology) console.error(plain(apology));
  if (!error) return;
  console.error(plain(`${error.code}: ${error.message}`));
  const mend = isErrorCode(error.code) ? new WisecrackError(error.code).mend : '';
  // What only the worker knows cannot be filled in here.
  if (mend && !mend.includes('{')) console.error(mend);
}
