import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Compiled } from '../../fixtures/compiled.ts';
import { until } from '../../queue/fixtures/messages.ts';
import { gate } from '../../queue/fixtures/script.ts';
import { Stage } from '../whole/fixtures/stage.ts';

const adapter = 'test/bots/web/fixtures/adapter';
const compiled = new Compiled('web-test', [adapter]);
const chat = 'web:guest.ann';

let stage: Stage;
beforeAll(() => compiled.compile());
afterAll(() => compiled.remove());
beforeEach(async () => {
  stage = await Stage.open();
  await stage.work();
});
afterEach(async () => {
  compiled.kill();
  await stage.close();
});

/** Starts the chat in a process of its own; somebody says `text` there. */
async function start(text = '') {
  const child = compiled.run(adapter, [stage.server.path, stage.prefix, text]);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the chat ended with ${code}`)));
  });
  return async () => {
    child.kill('SIGKILL');
    await gone;
  };
}

const shown = async () => (await stage.queue.shown.read(chat)).messages;

test('killed in mid-reply: after a restart the reply stands there once, whole', async () => {
  const [more, end] = [gate(), gate()];
  stage.scripted.when('question', ['It begins. ', more.opened, 'It goes on. ', end.opened, 'It ends.']);
  const kill = await start('a question');
  await until(async () => (await shown()).at(-1)?.text.startsWith('It begins.') ?? false, 60_000);
  await kill();
  more.open();
  await start();
  end.open();
  await until(async () => (await shown()).at(-1)?.buttons.includes('retry') ?? false, 60_000);
  expect((await shown()).map(({ role, text }) => [role, text])).toEqual([
    ['person', 'a question'],
    ['bot', 'It begins. It goes on. It ends.'],
  ]);
  expect(stage.scripted.jobs.size).toBe(1);
});

test('killed and told the same again, it is one question and one reply', async () => {
  const end = gate();
  stage.scripted.when('question', ['It begins. ', end.opened, 'It ends.']);
  const kill = await start('a question');
  await kill();
  await start('a question');
  end.open();
  await until(async () => (await shown()).at(-1)?.buttons.includes('retry') ?? false, 60_000);
  expect((await shown()).map(({ text }) => text)).toEqual(['a question', 'It begins. It ends.']);
});
