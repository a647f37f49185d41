import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openQueue } from '../../queue/index.ts';
import { queue, server, useQueue } from './fixtures/each.ts';
import { message } from './fixtures/messages.ts';

useQueue();

async function reply(id: string, persona: string): Promise<string> {
  const { turn, job } = message(id);
  return (await queue.submit(turn, { ...job, persona })).jobId;
}
const counts = async () => Object.fromEntries(await queue.feedback.counts());

test('a user has one vote per reply, and may change or withdraw it', async () => {
  const [a, b] = [await reply('a', 'wit'), await reply('b', 'x:y')];
  expect(await counts()).toEqual({});
  await queue.feedback.vote(a, 'test:ann', 1);
  await queue.feedback.vote(a, 'test:ann', 1);
  await queue.feedback.vote(a, 'test:bob', -1);
  await queue.feedback.vote(b, 'test:ann', -1);
  expect(await counts()).toEqual({ wit: { up: 1, down: 1 }, 'x:y': { up: 0, down: 1 } });
  await queue.feedback.vote(a, 'test:ann', -1);
  await queue.feedback.vote(b, 'test:ann', 0);
  await queue.feedback.vote(b, 'test:ann', 0);
  expect(await counts()).toEqual({ wit: { up: 0, down: 2 }, 'x:y': { up: 0, down: 0 } });
});

test('a reply that nobody knows gets no votes', async () => {
  expect(await queue.feedback.vote('test:never', 'test:ann', 1)).toBe(false);
  expect(await counts()).toEqual({});
});

test('whoever votes at the same time, and however often, the counts are those of the last votes', async () => {
  const ballot = fc.record({
    user: fc.nat(4),
    job: fc.nat(2),
    vote: fc.constantFrom(1 as const, -1 as const, 0 as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(ballot, { maxLength: 60 }), async (ballots) => {
      const own = openQueue({ redis: server.handle, prefix: randomUUID() });
      for (const at of [0, 1, 2]) {
        const { turn, job } = message(`j${at}`);
        await own.submit(turn, { ...job, persona: `p${at % 2}` });
      }
      // One connection keeps their order; that they are sent at once makes the scripts follow each other without a pause.
      await Promise.all(ballots.map(({ user, job, vote }) => own.feedback.vote(`test:j${job}`, `test:${user}`, vote)));
      const last = new Map(ballots.map(({ user, job, vote }) => [`${user} ${job}`, { persona: `p${job % 2}`, vote }]));
      const found = await own.feedback.counts();
      await own.close();
      for (const persona of ['p0', 'p1']) {
        const votes = [...last.values()].filter((it) => it.persona === persona).map(({ vote }) => vote);
        expect(found.get(persona) ?? { up: 0, down: 0 }).toEqual({
          up: votes.filter((vote) => vote === 1).length,
          down: votes.filter((vote) => vote === -1).length,
        });
      }
    }),
    { numRuns: 25 },
  );
});

test('50 votes of one user over two connections are one', async () => {
  const prefix = randomUUID();
  const queues = [0, 1].map(() => openQueue({ redis: server.handle, prefix }));
  const { turn, job } = message('a');
  await queues[0]?.submit(turn, job);
  await Promise.all(
    Array.from({ length: 50 }, (_, at) => queues[at % 2]?.feedback.vote(job.id, 'test:ann', at % 3 ? 1 : -1)),
  );
  const { up = 0, down = 0 } = (await queues[0]?.feedback.counts())?.get('wit') ?? {};
  expect([up + down, Math.min(up, down)]).toEqual([1, 0]);
  await Promise.all(queues.map((it) => it.close()));
});
