import type { ChildProcess } from 'node:child_process';
import type { Server as HttpServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { gate } from '../../../queue/fixtures/script.ts';
import { Server } from '../../../queue/fixtures/server.ts';
import type { Request } from './fixtures/platform.ts';
import { compiled, serve, startAdapter } from './fixtures/processes.ts';
import { Stage } from './fixtures/stage.ts';

let server: Server;
let stage: Stage;
let http: HttpServer;
let socket: string;
let heard: string[];

beforeAll(async () => {
  await compiled.compile();
  server = await Server.start();
});
afterAll(async () => {
  await server.stop();
  compiled.remove();
});
beforeEach(async () => {
  // One reply at a time, so that the second waits.
  stage = await Stage.open(server, 1);
  heard = [];
  socket = join(server.folder, `${stage.prefix.slice(0, 8)}.sock`);
  http = await serve(stage.platform, socket, (method) => heard.push(method));
});
afterEach(async () => {
  compiled.kill();
  http.closeAllConnections();
  http.close();
  await stage.close();
});

const text = Array.from({ length: 30 }, (_, at) => `word${at} `)
  .join('')
  .slice(0, 150);
/** What is said, and what is to stand there in the end. */
const words = {
  text,
  texts: [text.slice(0, 60), text.slice(60, 120), text.slice(120)],
  buttons: ['', '', 'retry up down'],
};
const code = 'print("and again")\n'.repeat(11);
const withFile = {
  text: `Look:\n\`\`\`python\n${code}\`\`\`\nDone.`,
  texts: ['Look:\n📄 `code.py`\nDone.', 'code.py'],
  buttons: ['retry up down', ''],
};

/**
 * Lets adapters deliver a reply of several messages that waits, is announced, and grows. Each dies at the request that `dies`
 * names, before the platform has heard of it or after it did what was asked, and is followed by another.
 */
async function deliverWith(
  dies: (request: Request, seen: number) => 'before' | 'after' | undefined,
  { text, ...shows } = words,
) {
  const hold = gate();
  await stage.submit({ say: [hold.opened] });
  const { platform } = stage;
  // The first words are each seen before more is said, so that there are edits to die in, however slow an adapter is.
  const seen = (edits: number) => () => until(() => platform.of('edit').length >= edits);
  const [one = '', two = '', ...more] = text.match(/.{1,10}/gs) ?? [];
  const say = [one, seen(1), two, seen(2), ...more.flatMap((piece) => [piece, 60])];
  const { jobId, channel } = await stage.submit({ say });
  const never = new Promise<never>(() => {});
  let adapter: ChildProcess;
  let deaths = 0;
  const start = (args: string[]) => {
    adapter = startAdapter([server.path, stage.prefix, socket, ...args]);
  };
  const die = async (): Promise<never> => {
    deaths++;
    const gone = new Promise((resolve) => adapter.once('exit', resolve));
    adapter.kill('SIGKILL');
    await gone;
    // What it asked for was in flight, and is no more.
    platform.calm();
    start([]);
    return never;
  };
  let asked = 0;
  let verdict: 'before' | 'after' | undefined;
  platform.fault = (request) => {
    if (request.type === 'typing') return undefined;
    verdict = dies(request, asked++);
    return verdict === 'before' ? die() : undefined;
  };
  platform.landed = (request) => {
    if (platform.texts(channel).some((it) => it.startsWith('in the queue'))) hold.open();
    if (request.type !== 'typing' && verdict === 'after') return die();
  };
  start([jobId, channel]);
  await until(async () => (await stage.queue.deliveries.read(jobId))?.outcome !== undefined, 90_000);
  expect((await stage.queue.deliveries.read(jobId))?.outcome).toEqual({ type: 'delivered' });
  expect(platform.texts(channel)).toEqual(shows.texts);
  expect(platform.buttons(channel)).toEqual(shows.buttons);
  return deaths;
}

const first = (type: Request['type'], index: number) => (request: Request) =>
  request.type === type && request.index === index;
const last = ({ buttons }: Request) => buttons.includes('retry');

const points: [name: string, at: (request: Request) => boolean, when: 'before' | 'after'][] = [
  ['before the placeholder', first('send', 0), 'before'],
  ['between the placeholder and its record', first('send', 0), 'after'],
  ['in an edit that has not arrived', first('edit', 1), 'before'],
  ['in an edit that has arrived', first('edit', 1), 'after'],
  ['before the second message', first('send', 1), 'before'],
  ['between the second message and its record', first('send', 1), 'after'],
  ['before the last edit', last, 'before'],
  ['between the last edit and its record', last, 'after'],
];

for (const [name, at, when] of points) {
  test(`killed ${name}: after a restart the reply stands there once, whole`, async () => {
    let died = false;
    const deaths = await deliverWith((request) => {
      if (died || !at(request)) return undefined;
      died = true;
      return when;
    });
    expect(deaths).toBe(1);
  });
}

for (const when of ['before', 'after'] as const) {
  test(`killed ${when} a file was sent: after a restart it stands there once, whole`, async () => {
    let died = false;
    const deaths = await deliverWith((request) => {
      if (died || request.type !== 'send' || request.text !== 'code.py') return undefined;
      died = true;
      return when;
    }, withFile);
    expect(deaths).toBe(1);
    const shown = [...stage.platform.channels.values()].flat();
    expect(shown.flatMap(({ file }) => file ?? [])).toEqual([{ name: 'code.py', text: code }]);
  });
}

test('killed between a message and its record, on a platform that cannot be asked but knows nonces', async () => {
  stage.platform.findable = false;
  expect(
    await deliverWith(({ type, index }) => (type === 'send' && index !== 1 && index < 4 ? 'after' : undefined)),
  ).toBe(3);
});

test('killed between a message and its record, on a platform that can be asked but knows no nonces', async () => {
  stage.platform.dedupe = false;
  expect(await deliverWith(({ type, index }) => (type === 'send' && index < 3 ? 'after' : undefined))).toBe(3);
});

test('killed at every second request, before or after it was done', async () => {
  const deaths = await deliverWith((_, seen) =>
    seen > 12 || seen % 2 === 0 ? undefined : seen % 4 === 1 ? 'after' : 'before',
  );
  expect(deaths).toBeGreaterThan(2);
});

test('an adapter that was stopped for longer than its lease says nothing more when it wakes', async () => {
  const [more, rest] = [gate(), gate()];
  const { jobId, channel } = await stage.submit({ say: ['One. ', more.opened, 'Two. ', rest.opened, 'Three.'] });
  const adapter = startAdapter([server.path, stage.prefix, socket, jobId, channel]);
  await until(() => stage.platform.texts(channel).includes('One. '), 30_000);
  adapter.kill('SIGSTOP');
  // It keeps what it takes over: the other would be right to go on with what nobody owns.
  const next = stage.deliver({ leaseMs: 600_000 });
  await next.resume({ everyMs: 50 });
  more.open();
  await until(() => stage.platform.texts(channel).includes('One. Two. '), 30_000);
  const before = heard.length;
  adapter.kill('SIGCONT');
  // It has text to show, and three leases of time to do so.
  await sleep(3000);
  rest.open();
  expect(await next.done(jobId)).toEqual({ type: 'delivered' });
  expect(heard.slice(before)).toEqual([]);
  expect(stage.platform.texts(channel)).toEqual(['One. Two. Three.']);
});
