import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WisecrackError } from '../../errors.ts';
import { type Handler, openQueue, type Queue, type QueueWorker, type Stopped } from '../../queue/index.ts';
import { collect, counted, counting, endOf, message, sleep, submit, textOf, until } from './fixtures/messages.ts';
import { gate } from './fixtures/script.ts';
import { Server } from './fixtures/server.ts';

let server: Server;
let queue: Queue;
let workers: QueueWorker[];

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  workers = [];
  queue = openQueue({ redis: server.handle, prefix: randomUUID() });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close({ handBackAfterMs: 0 })));
  await queue.close();
});

const startWorker = (...args: Parameters<Queue['startWorker']>) => {
  const worker = queue.startWorker(...args);
  workers.push(worker);
  return worker;
};

describe('cancel', () => {
  test('ends a waiting reply at once, and its job is not run', async () => {
    const jobId = await submit(queue);
    expect(await queue.cancel(jobId)).toBe('waiting');
    expect(endOf(await collect(queue, jobId))).toMatchObject({ finish: 'cancelled', text: '' });
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0 });
    expect(await queue.cancel(jobId)).toBe('finished');
    expect(await queue.conversations.read('test:chat')).toHaveLength(1);
    // The message delivered again does not bring it back.
    const { turn, job } = message(jobId.slice('test:'.length));
    expect((await queue.submit(turn, job)).duplicate).toBe(true);
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
  });

  test('stops a running reply quickly, and keeps what it said', async () => {
    startWorker({ handle: counting(1000, 10) });
    const jobId = await submit(queue);
    let pieces = 0;
    for await (const event of queue.follow(jobId)) {
      if (event.type === 'piece' && pieces++ === 0) {
        expect(await queue.cancel(jobId)).toBe('running');
        expect(['running', 'finished']).toContain(await queue.cancel(jobId));
      }
    }
    // In the time that a hundred take, which is a second where nothing else is to be done.
    expect(pieces).toBeLessThan(100);
    const events = await collect(queue, jobId);
    expect(endOf(events)).toMatchObject({ finish: 'cancelled', text: textOf(events) });
    expect((await queue.conversations.read('test:chat')).map(({ text }) => text)[1]).toBe(textOf(events));
    await until(async () => (await queue.counts()).active === 0);
    expect(await queue.cancel(jobId)).toBe('finished');
  });

  test('of what never was, or is over, does nothing', async () => {
    expect(await queue.cancel('test:never')).toBe('finished');
    startWorker({ handle: counting(2) });
    const jobId = await submit(queue);
    await collect(queue, jobId);
    expect(await queue.cancel(jobId)).toBe('finished');
    expect(endOf(await collect(queue, jobId)).finish).toBe('stop');
  });
});

describe('a handler that fails', () => {
  test('is tried three times, then the reply ends in an apology', async () => {
    let runs = 0;
    startWorker({
      handle: async (_job, { publish, resume }) => {
        runs++;
        await publish(`try ${runs} `, [runs]);
        expect(resume.tokens).toHaveLength(runs - 1);
        throw new Error('bad luck');
      },
      apologise: ({ persona }, error) => `${persona} is sorry: ${(error as Error).message}`,
    });
    const events = await collect(queue, await submit(queue));
    expect(runs).toBe(3);
    expect(textOf(events)).toBe('try 1 try 2 try 3 ');
    expect(endOf(events)).toMatchObject({
      finish: 'failed',
      text: 'try 1 try 2 try 3 \n\nwit is sorry: bad luck',
      error: { code: 'Error', message: 'bad luck' },
    });
    // The persona must not learn to apologise.
    expect(await queue.conversations.read('test:chat')).toHaveLength(1);
  });

  test('that returns what no follower could read is one that fails', async () => {
    startWorker({ handle: async () => ({ finish: 'stop', text: 'Hi', figures: { promptTokens: Number.NaN } }) });
    expect(endOf(await collect(queue, await submit(queue)))).toMatchObject({
      finish: 'failed',
      error: { code: 'WISECRACK_JOB_INVALID' },
    });
  });

  test('recovers when a later try works', async () => {
    let runs = 0;
    startWorker({
      handle: async (...args) => {
        if (++runs < 3) throw new WisecrackError('WISECRACK_ENGINE_FAILED', { reason: 'hiccup' });
        return counting(5)(...args);
      },
    });
    expect(endOf(await collect(queue, await submit(queue)))).toMatchObject({ finish: 'stop', text: counted(5) });
  });

  test('is tried once when trying again cannot help, and gets a default apology', async () => {
    let runs = 0;
    startWorker({
      handle: async () => {
        runs++;
        throw new WisecrackError('WISECRACK_REQUEST_INVALID', { reason: 'too long' });
      },
      apologise: () => {
        throw new Error('no words');
      },
    });
    const end = endOf(await collect(queue, await submit(queue)));
    expect(end.error?.code).toBe('WISECRACK_REQUEST_INVALID');
    expect(end.text).toMatch(/^Sorry/);
    await sleep(100);
    expect(runs).toBe(1);
  });
});

describe('closing a worker', () => {
  test('lets a running reply finish in the given time', async () => {
    const worker = startWorker({ handle: counting(20, 10) });
    const jobId = await submit(queue);
    for await (const event of queue.follow(jobId)) if (event.type === 'piece') break;
    await worker.close({ handBackAfterMs: 5000 });
    expect(endOf(await collect(queue, jobId)).text).toBe(counted(20));
  });

  test('hands the others back, without spending an attempt, and the next worker goes on', async () => {
    const reasons: string[] = [];
    const slow: Handler = async (job, context) => {
      context.signal.addEventListener('abort', () => reasons.push((context.signal.reason as Stopped).why));
      return counting(1000, 10)(job, context);
    };
    const jobId = await submit(queue);
    // More often than there are attempts.
    for (let at = 0; at < 4; at++) {
      const worker = startWorker({ handle: slow });
      for await (const event of queue.follow(jobId)) if (event.type === 'start' && event.attempt > 2 * at) break;
      await sleep(50);
      await worker.close({ handBackAfterMs: 0 });
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, delayed: 0 });
    }
    expect(reasons).toEqual(['shutdown', 'shutdown', 'shutdown', 'shutdown']);
    startWorker({ handle: counting(50) });
    const events = await collect(queue, jobId);
    expect(textOf(events)).toBe(counted(50));
    expect(endOf(events)).toMatchObject({ finish: 'stop', text: counted(50) });
  });

  test('does not wait for a handler that will not stop, and lets it publish nothing more', async () => {
    let over = false;
    const wake = gate();
    const worker = startWorker({
      handle: async (_job, { publish }) => {
        await publish('a', [1]);
        await wake.opened();
        await publish('zombie', [2]);
        over = true;
        return { finish: 'stop', text: 'zombie' };
      },
    });
    const jobId = await submit(queue);
    for await (const event of queue.follow(jobId)) if (event.type === 'piece') break;
    // It sleeps until somebody else has given the answer.
    await worker.close({ handBackAfterMs: 0 });
    startWorker({ handle: async (_job, { resume }) => ({ finish: 'stop', text: `${resume.text}b` }) });
    expect(endOf(await collect(queue, jobId)).text).toBe('ab');
    expect(over).toBe(false);
    wake.open();
    await until(() => over);
    expect(textOf(await collect(queue, jobId))).toBe('a');
  });
});
