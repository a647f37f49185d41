import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QueueWorker } from '../../queue/index.ts';
import { sleep, until } from '../queue/fixtures/messages.ts';
import { Stage } from './fixtures/stage.ts';
import { keys } from './fixtures/terminal.ts';

let stage: Stage;
let worker: QueueWorker;

beforeAll(async () => {
  stage = await Stage.open();
  worker = await stage.work();
});

afterAll(() => stage.close());
afterEach(() => {
  vi.unstubAllEnvs();
});

function greetingsOf(id: string): string[] {
  const { greeting, greetings } = stage.persona(id);
  return [greeting, ...greetings];
}

describe('at a terminal', () => {
  it('greets, streams a reply and says how fast it was', async () => {
    const { terminal, left } = stage.sit();
    await until(() => greetingsOf('guide').some((greeting) => terminal.text.includes(`Guide: ${greeting}`)));
    terminal.type(`say well, hello${keys.enter}`);
    await terminal.sees('Guide: well, hello\n');
    await until(() => /\d\.\d s/.test(terminal.text));
    terminal.type(keys.ctrlD);
    await left;
  });

  it('shows a reply while it grows', async () => {
    const { terminal, left } = stage.sit();
    terminal.type(`count 60${keys.enter}`);
    await terminal.sees('Guide: 0 1 2 ');
    expect(terminal.text).not.toContain('59');
    await terminal.sees('58 59 ');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('keeps what is typed during a reply out of it, and asks it afterwards', async () => {
    const { terminal, left } = stage.sit();
    terminal.type(`count 20${keys.enter}`);
    await terminal.sees('3 4 ');
    terminal.type(`say second${keys.enter}say thi`);
    await terminal.sees('Guide: second\n');
    expect(terminal.text).toContain(`Guide: ${Array.from({ length: 20 }, (_, at) => `${at} `).join('')}\n`);
    expect(terminal.text).toContain('> say second\n');
    await terminal.sees('> say thi');
    terminal.type(`rd${keys.enter}`);
    await terminal.sees('Guide: third\n');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('changes the persona, who introduces himself', async () => {
    const { terminal, left } = stage.sit();
    terminal.type(`/persona pirate${keys.enter}`);
    await until(() => greetingsOf('pirate').some((greeting) => terminal.text.includes(`Brine: ${greeting}`)));
    terminal.type(`who are you${keys.enter}`);
    await terminal.sees('Brine: pirate has 1 turns');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('tells what was missed and the news when there is something, and says so at once when there is not', async () => {
    const { terminal, left, conversation } = stage.sit();
    terminal.type(`/catchup${keys.enter}`);
    await terminal.sees('Nothing was said that I know of.');
    terminal.type(`/news${keys.enter}`);
    await terminal.sees('There is no news');
    const author = { id: 'console:else', name: 'Ben' };
    await stage.queue.conversations.append(conversation, {
      ...{ id: 'console:else-1', role: 'user', author, text: 'cake!', at: Date.now() },
    });
    terminal.type(`/catchup 5${keys.enter}`);
    await terminal.sees('Guide: guide has 2 turns');
    terminal.type(`say next${keys.enter}`);
    await terminal.sees('Guide: next');
    terminal.type(keys.ctrlD);
    await left;
    const [, asked] = await stage.queue.conversations.read(conversation);
    expect(asked?.text).toBe('What was said in the last 5 messages?');
  });

  it('changes the mood', async () => {
    const { terminal, left, conversation } = stage.sit();
    terminal.type(`/mood wild${keys.enter}`);
    await terminal.sees('Guide is wild from now on.');
    terminal.type(`/mood${keys.enter}`);
    await terminal.sees('Guide is wild here.');
    terminal.type(keys.ctrlD);
    await left;
    expect(await stage.queue.rules.read([`channel:${conversation as `console:${string}`}`])).toEqual([
      { mood: 'wild' },
    ]);
  });

  it('remembers after a restart, until /reset', async () => {
    const first = stage.sit();
    first.terminal.type(`say hi${keys.enter}`);
    await first.terminal.sees('Guide: hi');
    await until(() => first.terminal.text.endsWith('> '));
    first.terminal.type(keys.ctrlD);
    await first.left;

    const { terminal, left } = stage.sit({ conversation: first.conversation });
    await terminal.sees('2 messages remembered');
    terminal.type(`how many${keys.enter}`);
    await terminal.sees('guide has 3 turns');
    terminal.type(`/reset${keys.enter}`);
    await terminal.sees('Forgotten');
    terminal.type(`how many${keys.enter}`);
    await terminal.sees('guide has 1 turns');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('stops a reply with /stop, and drops what was to be asked after it', async () => {
    const { terminal, left } = stage.sit();
    terminal.type(`count 500${keys.enter}`);
    await terminal.sees('3 4 ');
    terminal.type(`say never${keys.enter}/stop${keys.enter}`);
    await terminal.sees('\nStopped.\n');
    terminal.type(`say still here${keys.enter}`);
    await terminal.sees('Guide: still here');
    expect(terminal.text).not.toContain('Guide: never');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('shows the place in the queue', async () => {
    await worker.close();
    const { terminal, left } = stage.sit();
    terminal.type(`say at last${keys.enter}`);
    await terminal.sees('in the queue, place 1');
    worker = await stage.work();
    await terminal.sees('Guide: at last');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('shows an apology, and what it is about', async () => {
    const { terminal, left } = stage.sit();
    terminal.type(`fail${keys.enter}`);
    await terminal.sees('Guide: So sorry.\nError: the script says so');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('passes no escape sequence on from a model', async () => {
    vi.stubEnv('NO_COLOR', '1');
    const { terminal, left } = stage.sit();
    terminal.type(`say x\\${keys.enter}`);
    await terminal.sees('Guide: x\\');
    await stage.chat().reset('console:evil');
    const evil = stage.sit({ conversation: 'console:evil' });
    // A terminal's line cannot hold these, so another platform says it for us.
    await worker.close();
    worker = await stage.work(async (_job, { publish }) => {
      const pieces = ['a\x1b', ']0;owned\x07', '\x1b[2J\x9b2Jb\r', '\x08c'];
      for (const piece of pieces) await publish(piece, [1]);
      return { finish: 'stop', text: pieces.join('') };
    });
    evil.terminal.type(`go${keys.enter}`);
    await until(() => evil.terminal.raw.includes('Guide: a]0;owned[2J2Jbc\n'));
    await worker.close();
    worker = await stage.work();
    for (const { input } of [terminal, evil.terminal]) input.write(keys.ctrlD);
    await Promise.all([left, evil.left]);
  });

  it('has colours unless NO_COLOR forbids them', async () => {
    const colourful = stage.sit();
    await colourful.terminal.sees('/help');
    vi.stubEnv('NO_COLOR', '1');
    const sober = stage.sit();
    await sober.terminal.sees('/help');
    expect(colourful.terminal.raw).toContain('\x1b[2m');
    expect(sober.terminal.raw).not.toContain('\x1b[2m');
    for (const { terminal, left } of [colourful, sober]) {
      terminal.type(keys.ctrlD);
      await left;
    }
  });

  it('speaks Chinese', async () => {
    const { terminal, left } = stage.sit({ locale: 'zh' });
    terminal.type(`/personas${keys.enter}/reset${keys.enter}`);
    await terminal.sees('忘了。');
    terminal.type(`exit${keys.enter}`);
    await left;
  });
});

describe('Ctrl-C', () => {
  it('stops the reply, and leaves when there is none', async () => {
    const { terminal, conversation, left } = stage.sit();
    terminal.type(`count 500${keys.enter}`);
    await terminal.sees('3 4 ');
    terminal.type(keys.ctrlC);
    await terminal.sees('Stopped.');
    const turns = await stage.queue.conversations.read(conversation);
    expect(turns.at(-1)?.text).toMatch(/^0 1 2 /);
    await sleep(1600);
    terminal.type(keys.ctrlC);
    await left;
  });

  it('twice leaves at once, and does not leave the reply running', async () => {
    const { terminal, conversation, left } = stage.sit();
    terminal.type(`count 500${keys.enter}`);
    await terminal.sees('3 4 ');
    terminal.type(keys.ctrlC + keys.ctrlC);
    await left;
    await until(async () => (await stage.queue.counts()).active === 0);
    const turns = await stage.queue.conversations.read(conversation);
    expect(turns.at(-1)?.text).toMatch(/^0 1 2 (?!.*499)/);
  });

  it('takes back what is typed', async () => {
    const { terminal, left } = stage.sit();
    await terminal.sees('> ');
    terminal.type(`say no${keys.ctrlC}`);
    await sleep(1600);
    terminal.type(`say yes${keys.enter}`);
    await terminal.sees('Guide: yes');
    terminal.type(keys.ctrlD);
    await left;
  });

  it('from outside leaves as well', async () => {
    const controller = new AbortController();
    const { terminal, left } = stage.sit({ signal: controller.signal });
    terminal.type(`count 500${keys.enter}`);
    await terminal.sees('3 4 ');
    controller.abort();
    await left;
  });
});

describe('in a pipe', () => {
  it('answers each line and ends with the input', async () => {
    const { terminal, left } = stage.sit({ tty: false });
    terminal.input.end('say one\n\n/persona butler\nsay two');
    await left;
    expect(terminal.raw).toBe('Guide: one\nFrom now on, Pemberton is talking to you.\nPemberton: two\n');
  });

  it('says nothing to nothing', async () => {
    const { terminal, left } = stage.sit({ tty: false });
    terminal.input.end();
    await left;
    expect(terminal.raw).toBe('');
  });
});
