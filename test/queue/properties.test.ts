import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { End, Job, openQueue, parseJson, type Queue, seedOf, Turn } from '../../queue/index.ts';
import { decodeEvent, encodeEvent } from '../../queue/replies/codec.ts';
import { compareIds, Follower } from '../../queue/replies/follower.ts';
import { submit } from './fixtures/messages.ts';
import { Server } from './fixtures/server.ts';

let server: Server;

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());

const text = fc.string({ unit: 'grapheme', maxLength: 50 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const count = fc.nat();
const ms = fc.double({ min: 0, max: 1e12, noNaN: true }).map((it) => it + 0);
const without = { requiredKeys: [] as never[] };

const turn = fc
  .record({
    id: name,
    role: fc.constantFrom('user', 'persona'),
    author: fc.record({ id: text, name: text }),
    text,
    at: count,
  })
  .chain((it) => fc.record({ persona: name, jobId: name }, without).map((more) => ({ ...it, ...more })));

const job = fc
  .record({
    id: fc.uuid().map((id) => `test:${id}`),
    ...{ platform: name, conversation: name, turnId: name, persona: name, trace: name },
    seed: fc.maxSafeNat(),
    createdAt: count,
  })
  .chain((it) => {
    const sampling = fc.dictionary(
      name.filter((key) => key !== '__proto__'),
      ms,
    );
    const more = fc.record({ sampling, locale: name, maxTokens: fc.integer({ min: 1 }) }, without);
    return more.map((extra) => ({ ...it, ...extra }));
  });

const figures = fc.record({
  ...{ promptTokens: count, replyTokens: count },
  ...{ waitMs: ms, firstTokenMs: ms, totalMs: ms, tokensPerSecond: ms },
});
const event = fc.oneof(
  fc.record({ type: fc.constant('piece' as const), text, tokens: fc.array(count) }),
  fc.record({
    type: fc.constant('start' as const),
    ...{ attempt: count, persona: text, model: text, promptTokens: count, waitMs: ms },
  }),
  fc.record({ type: fc.constant('end' as const), finish: fc.constantFrom(...End.shape.finish.options), text, figures }),
);

// In braces: fast-check takes what a property returns for its verdict, and `expect` returns something.
test('turns and jobs come out of JSON as they went in', () => {
  fc.assert(
    fc.property(turn, (it) => {
      expect(parseJson(Turn, JSON.stringify(it), 'turn')).toEqual(it);
    }),
  );
  fc.assert(
    fc.property(job, (it) => {
      expect(parseJson(Job, JSON.stringify(it), 'job')).toEqual(it);
    }),
  );
});

test('events come out of a stream as they went in', () => {
  fc.assert(
    fc.property(event, (it) => {
      expect(decodeEvent('1-0', encodeEvent(it))).toEqual({ id: '1-0', ...it });
    }),
  );
});

test('what another version wrote is refused, not guessed at', () => {
  for (const fields of [
    ['type', 'piece'],
    ['type', 'piece', 'text', 'a', 'tokens', '1,x'],
    ['type', 'end', 'data', '{'],
    [],
  ]) {
    expect(() => decodeEvent('1-0', fields)).toThrow(expect.objectContaining({ code: 'WISECRACK_JOB_INVALID' }));
  }
});

test('seeds are safe integers, and the same for the same job', () => {
  fc.assert(fc.property(text, (id) => Number.isSafeInteger(seedOf(id)) && seedOf(id) >= 0));
  expect(seedOf('discord:1')).toBe(8_410_502_955_421_186);
});

test('stream ids are ordered as numbers', () => {
  expect(compareIds('9-0', '10-0')).toBeLessThan(0);
  expect(compareIds('10-2', '10-10')).toBeLessThan(0);
  expect(compareIds('10-2', '10-2')).toBe(0);
  expect(compareIds('0', '1-0')).toBeLessThan(0);
});

test('a follower who came during a read that began after its place waits for the next', async () => {
  const follower = new Follower('1-0');
  follower.push('2-0', [['3-0', []]]);
  follower.push(
    '0-0',
    ['1-0', '2-0', '3-0'].map((id) => [id, []]),
  );
  const seen: string[] = [];
  for await (const [id] of follower) if (seen.push(id) === 2) follower.end();
  expect(seen).toEqual(['2-0', '3-0']);
});

/** Follows from the first event, and stops after each of `stops` events to follow anew from there. */
async function followInParts(queue: Queue, jobId: string, stops: number[]): Promise<string> {
  let said = '';
  let from = '0';
  for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
    let seen = 0;
    for await (const event of queue.follow(jobId, { from })) {
      from = event.id;
      if (event.type === 'piece') said += event.text;
      if (event.type === 'end') return said;
      if (++seen >= stop) break;
    }
  }
  return said;
}

test('followers put a reply together whenever connections break, and wherever they stop and go on', async () => {
  const queue = openQueue({ redis: server.handle, prefix: randomUUID() });
  const redis = server.connect();
  const scenario = fc.record({
    pieces: fc.array(text, { minLength: 1, maxLength: 40 }),
    breaks: fc.array(fc.nat(40), { maxLength: 4 }),
    stops: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 }),
  });
  let next: string[] = [];
  let breaks: number[] = [];
  const worker = queue.startWorker({
    handle: async (_job, { publish, resume }) => {
      for (let at = resume.tokens.length; at < next.length; at++) {
        // Every connection but the one that says so: the worker's, the followers' and their blocked ones.
        if (breaks.includes(at)) await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        const published = publish(next[at] ?? '', [at]);
        if (at % 3 === 0) await published;
      }
      return { finish: 'stop', text: next.join('') };
    },
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ pieces, stops, ...rest }) => {
      next = pieces;
      breaks = rest.breaks;
      const jobId = await submit(queue);
      const said = await Promise.all([followInParts(queue, jobId, stops), followInParts(queue, jobId, [])]);
      expect(said).toEqual([pieces.join(''), pieces.join('')]);
    }),
    { numRuns: 30 },
  );
  await worker.close({ handBackAfterMs: 0 });
  await queue.close();
  redis.disconnect();
});
