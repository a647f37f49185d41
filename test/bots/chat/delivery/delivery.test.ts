import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDelivery } from '../../../../bots/chat/delivery/index.ts';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { gate } from '../../../queue/fixtures/script.ts';
import { Server } from '../../../queue/fixtures/server.ts';
import { quick } from './fixtures/quick.ts';
import { Stage } from './fixtures/stage.ts';

let server: Server;
let stage: Stage;

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  stage = await Stage.open(server);
});
afterEach(async () => {
  await stage.close();
  const rejected = stage.errors.filter((error) => !/on purpose/.test(String(error)));
  expect(rejected).toEqual([]);
  expect(stage.platform.violations).toEqual([]);
});

const delivered = { type: 'delivered' };
const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at} `);

describe('a reply', () => {
  test('is shown as it grows, and whole in the end, with its buttons', async () => {
    const delivery = stage.deliver();
    const hold = gate();
    const { jobId, channel } = await stage.ask(delivery, { say: ['Hello there. ', 'How', hold.opened, ' are you?'] });
    await until(() => stage.platform.texts(channel)[0]?.startsWith('Hello there.') ?? false);
    expect(stage.platform.buttons(channel)).toEqual(['stop']);
    hold.open();
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['Hello there. How are you?']);
    expect(stage.platform.buttons(channel)).toEqual(['retry up down']);
  });

  test('can be continued when it was cut off', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['And then'], finish: 'length' });
    await delivery.done(jobId);
    expect(stage.platform.buttons(channel)).toEqual(['retry continue up down']);
  });

  test('of three parts is three messages in order, with the buttons on the last', async () => {
    const delivery = stage.deliver();
    const text = words(40).join('').slice(0, 150);
    const say = text.match(/.{1,5}/gs)?.flatMap((piece) => [piece, 20]) ?? [];
    const { jobId, channel } = await stage.ask(delivery, { say });
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual([text.slice(0, 60), text.slice(60, 120), text.slice(120)]);
    expect(stage.platform.buttons(channel)).toEqual(['', '', 'retry up down']);
    expect(await delivery.messagesOf(jobId)).toEqual(stage.platform.channels.get(channel)?.map(({ id }) => id));
    // At no time did two messages have buttons: a part lost them before the next one came.
    const sends = stage.platform.of('send', channel);
    const edits = stage.platform.of('edit', channel);
    for (const [at, send] of sends.entries()) {
      const earlier = [...sends, ...edits].filter((it) => it.at < send.at).sort((a, b) => a.at - b.at);
      if (at > 0)
        expect(earlier.at(-1)).toMatchObject({
          text: sends[at - 1] && text.slice((at - 1) * 60, at * 60),
          buttons: [],
        });
    }
  });

  test('in Markdown is cut so that each message is whole', async () => {
    const lines = Array.from({ length: 12 }, (_, at) => `print("line ${at}")`);
    const text = ['Look at **this**:', '```py', ...lines, '```', 'And *that* is all.'].join('\n');
    const delivery = openDelivery({
      queue: stage.queue,
      surface: stage.platform.surface(100),
      pace: quick,
      onError: (error) => stage.errors.push(error),
    });
    const say = text.match(/.{1,7}/gs)?.flatMap((piece) => [piece, 10]) ?? [];
    const { jobId, channel } = await stage.ask(delivery, { say });
    expect(await delivery.done(jobId)).toEqual(delivered);
    await delivery.close();
    const shown = stage.platform.texts(channel);
    expect(shown.length).toBeGreaterThan(2);
    for (const message of shown) {
      expect(message.length).toBeLessThanOrEqual(100);
      expect(message.match(/```/g)?.length ?? 0).toSatisfy((count: number) => count % 2 === 0);
    }
    for (const line of lines) expect(shown.filter((message) => message.includes(line))).toHaveLength(1);
    expect(shown.at(-1)).toContain('And *that* is all.');
  });

  test('that is delivered twice is one delivery', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['Once.', 50] });
    await Promise.all([1, 2, 3].map(() => delivery.deliver({ jobId, place: { channel } })));
    await delivery.done(jobId);
    await delivery.deliver({ jobId, place: { channel } });
    await sleep(100);
    expect(stage.platform.texts(channel)).toEqual(['Once.']);
    expect(stage.platform.of('send')).toHaveLength(1);
  });

  test('that is stopped stays as far as it came', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['So far. ', gate().opened, 'No further.'] });
    await until(() => stage.platform.texts(channel).length === 1);
    await stage.queue.cancel(jobId);
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['So far. ']);
    expect(stage.platform.buttons(channel)).toEqual(['retry up down']);
  });

  test('that fails ends in the apology', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['Well,'], fails: true });
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['Well,\n\nSo sorry.']);
  });

  test('without a word shows nothing, or what is said instead', async () => {
    const silent = stage.deliver();
    const first = await stage.ask(silent, { say: [] });
    expect(await silent.done(first.jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(first.channel)).toEqual([]);
    const wordy = stage.deliver({ texts: { empty: (finish) => `nothing: ${finish}` } });
    const second = await stage.ask(wordy, { say: [] });
    expect(await wordy.done(second.jobId)).toEqual(delivered);
    expect(stage.platform.texts(second.channel)).toEqual(['nothing: stop']);
  });

  test('that waits says so, in the message that the text comes into', async () => {
    const hold = gate();
    const delivery = stage.deliver();
    // All eight places of the worker are taken.
    for (let at = 0; at < 8; at++) await stage.submit({ say: [hold.opened] });
    const { jobId, channel } = await stage.ask(delivery, 'At last.');
    await until(() => stage.platform.texts(channel).includes('in the queue, place 1'));
    expect(stage.platform.buttons(channel)).toEqual(['stop']);
    hold.open();
    await delivery.done(jobId);
    expect(stage.platform.texts(channel)).toEqual(['At last.']);
    expect(stage.platform.of('send', channel)).toHaveLength(1);
  });

  test('comes also when there is no word for its waiting', async () => {
    const hold = gate();
    const texts = { waiting: () => Promise.reject(new Error('on purpose: no word')) };
    const delivery = stage.deliver({ texts });
    for (let at = 0; at < 8; at++) await stage.submit({ say: [hold.opened] });
    const { jobId, channel } = await stage.ask(delivery, 'At last.');
    await until(() => stage.errors.length > 0);
    hold.open();
    await delivery.done(jobId);
    expect(stage.platform.texts(channel)).toEqual(['At last.']);
  });

  test('is found by its messages, and they by it', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, 'Found.');
    await delivery.done(jobId);
    const [message = ''] = await delivery.messagesOf(jobId);
    expect(await delivery.jobOf(message)).toBe(jobId);
    expect(await delivery.jobOf('other')).toBeUndefined();
    expect((await delivery.read(jobId))?.place).toEqual({ channel });
    expect(await delivery.done('test:nobody')).toEqual({ type: 'given-up', reason: 'unknown' });
  });
});

describe('the pace', () => {
  test('drops stale frames: a slow platform sees few edits, and the last is the whole text', async () => {
    stage.platform.latencyMs = 150;
    const delivery = stage.deliver({ surface: stage.platform.surface(5000) });
    const say = words(200).flatMap((word) => [word, 5]);
    const { jobId, channel } = await stage.ask(delivery, { say });
    const began = performance.now();
    await delivery.done(jobId);
    const took = performance.now() - began;
    expect(stage.platform.texts(channel)).toEqual([words(200).join('')]);
    const edits = stage.platform.of('edit', channel);
    expect(edits.length).toBeGreaterThan(1);
    // One needs 150 ms and leaves a gap of 125 ms; the last may come early, and the record of it counts too.
    expect(edits.length).toBeLessThan(took / 275 + 3);
  });

  test('leaves a gap between the frames of all replies of a channel, and serves them in turn', async () => {
    const delivery = stage.deliver({ surface: stage.platform.surface(5000) });
    const say = words(80).flatMap((word) => [word, 15]);
    const asked = await Promise.all(
      ['a', 'b', 'c'].map((name) => stage.ask(delivery, { say: [name, ...say] }, { channel: 'busy' })),
    );
    await Promise.all(asked.map(({ jobId }) => delivery.done(jobId)));
    expect(stage.platform.texts('busy').sort()).toEqual(['a', 'b', 'c'].map((name) => name + words(80).join('')));
    const frames = stage.platform.of('edit', 'busy').filter(({ buttons }) => buttons.includes('stop'));
    for (const [at, { at: time }] of frames.entries()) {
      const before = frames[at - 1];
      // Timers may be a millisecond early.
      if (before) expect(time - before.at).toBeGreaterThan(123);
    }
    const counts = ['a', 'b', 'c'].map((name) => frames.filter(({ text }) => text.startsWith(name)).length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
  });

  test('leaves the gap that a place asks for', async () => {
    const surface = { ...stage.platform.surface(5000), gapMs: () => 400 };
    const delivery = stage.deliver({ surface });
    const { jobId, channel } = await stage.ask(delivery, { say: words(40).flatMap((word) => [word, 40]) });
    await delivery.done(jobId);
    const frames = stage.platform.of('edit', channel).filter(({ buttons }) => buttons.includes('stop'));
    expect(frames.length).toBeGreaterThan(1);
    for (const [at, { at: time }] of frames.entries()) {
      const before = frames[at - 1];
      if (before) expect(time - before.at).toBeGreaterThan(398);
    }
  });

  test('obeys a 429: the channel is silent, and then shows the latest', async () => {
    const delivery = stage.deliver();
    let limits = 0;
    stage.platform.fault = ({ type, index }) => {
      const limited = (type === 'send' && index === 0) || (type === 'edit' && index % 2 === 0 && index < 6);
      if (!limited) return undefined;
      limits++;
      return { problem: 'limited', retryAfterMs: 400 };
    };
    const say = words(12).flatMap((word) => [word, 100]);
    const asked = await Promise.all([1, 2].map(() => stage.ask(delivery, { say }, { channel: 'hot' })));
    await Promise.all(asked.map(({ jobId }) => delivery.done(jobId)));
    expect(limits).toBeGreaterThan(1);
    expect(stage.platform.texts('hot')).toEqual([words(12).join(''), words(12).join('')]);
    // What came too early is in `violations`, which must be empty.
  });

  test('types while there is nothing to see, and not after', async () => {
    const delivery = stage.deliver({ texts: {} });
    const hold = gate();
    stage.platform.fault = ({ type }) => (type === 'typing' ? { problem: 'forbidden' } : undefined);
    const { jobId, channel } = await stage.ask(delivery, { say: [hold.opened, 'Now.', 500] });
    await until(() => stage.platform.of('typing', channel).length >= 3);
    hold.open();
    await delivery.done(jobId);
    const sent = stage.platform.of('send', channel)[0]?.at ?? 0;
    await sleep(500);
    expect(stage.platform.of('typing', channel).filter(({ at }) => at > sent)).toEqual([]);
  });
});

describe('when the platform fails', () => {
  test('a reply that ends during an outage is delivered when it is over', async () => {
    const delivery = stage.deliver();
    let away = true;
    stage.platform.fault = ({ type }) => (away && type !== 'typing' ? { problem: 'unsent' } : undefined);
    const { jobId, channel } = await stage.ask(delivery, 'After the storm.');
    await until(() => stage.platform.of('send').length >= 4);
    expect(stage.platform.texts(channel)).toEqual([]);
    away = false;
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['After the storm.']);
  });

  test('a reply is given up when it could not be delivered for too long', async () => {
    const delivery = stage.deliver({ pace: { retryMs: 20, longestRetryMs: 50, giveUpMs: 300 } });
    stage.platform.fault = () => ({ problem: 'unsent' });
    const { jobId } = await stage.ask(delivery, 'Never.');
    expect(await delivery.done(jobId)).toEqual({ type: 'given-up', reason: 'unreachable' });
  });

  for (const landed of [true, false]) {
    for (const [findable, dedupe] of [
      [true, false],
      [false, true],
    ] as const) {
      const arrived = landed ? 'arrived' : 'did not arrive';
      test(`a send without an answer that ${arrived} is one message, ${findable ? 'found' : 'by its nonce'}`, async () => {
        Object.assign(stage.platform, { findable, dedupe });
        stage.platform.fault = ({ type, index }) =>
          type === 'send' && index < 2 ? { problem: 'unknown', landed } : undefined;
        const delivery = stage.deliver();
        const { jobId, channel } = await stage.ask(delivery, { say: ['One. ', 300, 'Two.'] });
        expect(await delivery.done(jobId)).toEqual(delivered);
        expect(stage.platform.texts(channel)).toEqual(['One. Two.']);
        expect(stage.platform.buttons(channel)).toEqual(['retry up down']);
      });
    }
  }

  test('an edit without an answer is made again', async () => {
    stage.platform.fault = ({ type, index }) =>
      type === 'edit' && index < 3 ? { problem: 'unknown', landed: index === 1 } : undefined;
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['One. ', 200, 'Two.'] });
    await delivery.done(jobId);
    expect(stage.platform.texts(channel)).toEqual(['One. Two.']);
  });

  test('a request that is never answered does not hold the channel for ever', async () => {
    stage.platform.fault = ({ type, index }) =>
      type === 'edit' && index === 0 ? new Promise<never>(() => {}) : undefined;
    const delivery = stage.deliver({ pace: { gapMs: 50, firstMs: 50, retryMs: 20, requestMs: 300 } });
    const { jobId, channel } = await stage.ask(delivery, { say: ['One. ', 200, 'Two.'] });
    await delivery.done(jobId);
    expect(stage.platform.texts(channel)).toEqual(['One. Two.']);
    // It is still in flight, as far as the platform knows.
    stage.platform.violations.length = 0;
  });

  for (const problem of ['place-gone', 'forbidden'] as const) {
    test(`${problem} cancels the job, and the outcome says why`, async () => {
      stage.platform.fault = ({ type }) => (type === 'edit' ? { problem } : undefined);
      const delivery = stage.deliver();
      const { jobId } = await stage.ask(delivery, { say: ['One. ', 300, 'Two.', gate().opened] });
      expect(await delivery.done(jobId)).toEqual({ type: 'given-up', reason: problem });
      await until(async () => (await stage.queue.counts()).active === 0);
    });
  }

  test('a message that somebody deletes while it grows cancels the job and is not sent again', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, {
      say: ['One. ', 200, 'Two. ', 200, 'Three.', gate().opened],
    });
    await until(() => stage.platform.texts(channel).length === 1);
    stage.platform.take(channel, stage.platform.channels.get(channel)?.[0]?.id ?? '');
    expect(await delivery.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
    await until(async () => (await stage.queue.counts()).active === 0);
  });

  test('a message that somebody deletes at the end stays away', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['One. ', 300, 'Two.'] });
    stage.platform.fault = ({ type, buttons }) => {
      if (type === 'edit' && buttons.includes('retry')) stage.platform.channels.set(channel, []);
      return undefined;
    };
    expect(await delivery.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
    expect(stage.platform.of('send')).toHaveLength(1);
  });

  test('a message that is too old to be edited is replaced by a new one with the whole text', async () => {
    stage.platform.fault = ({ type }) => (type === 'edit' ? { problem: 'locked' } : undefined);
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['One. ', 300, 'Two. ', 300, 'Three.'] });
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['One. Two. Three.']);
    expect(stage.platform.of('send')).toHaveLength(2);
  });

  test('what was only a preview is sent as a message in the end', async () => {
    const { platform } = stage;
    platform.fault = ({ type, channel, buttons }) => {
      if (type !== 'edit' || !buttons.includes('retry') || platform.of('send').length > 1) return undefined;
      // A preview goes away by itself.
      platform.channels.set(channel, []);
      return { problem: 'preview' };
    };
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: ['One. ', 300, 'Two.'] });
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(platform.texts(channel)).toEqual(['One. Two.']);
    expect(platform.of('remove')).toEqual([]);
    expect(await delivery.messagesOf(jobId)).toEqual(platform.channels.get(channel)?.map(({ id }) => id));
  });

  test('what is refused is sent again without its buttons, and then given up', async () => {
    stage.platform.fault = ({ buttons }) => (buttons.length > 0 ? { problem: 'refused' } : undefined);
    const delivery = stage.deliver();
    const first = await stage.ask(delivery, 'Plain.');
    expect(await delivery.done(first.jobId)).toEqual(delivered);
    expect(stage.platform.texts(first.channel)).toEqual(['Plain.']);
    stage.platform.fault = ({ type }) => (type === 'send' ? { problem: 'refused' } : undefined);
    const second = await stage.ask(delivery, 'Not at all.');
    expect(await delivery.done(second.jobId)).toEqual({ type: 'given-up', reason: 'refused' });
    expect(stage.platform.of('send', second.channel)).toHaveLength(2);
  });

  test('an answer to a message that is gone is sent without being a reply', async () => {
    const places: (string | undefined)[] = [];
    const surface = stage.platform.surface();
    const { send } = surface;
    surface.send = (place, ...rest) => {
      places.push(place.replyTo);
      return send(place, ...rest);
    };
    stage.platform.fault = ({ type, index }) =>
      type === 'send' && index === 0 ? { problem: 'message-gone' } : undefined;
    const delivery = stage.deliver({ surface });
    const { jobId } = await stage.ask(delivery, 'Still.', { replyTo: 'question' });
    expect(await delivery.done(jobId)).toEqual(delivered);
    expect(places).toEqual(['question', undefined]);
  });
});

test('a reply goes on when Redis is killed and started again', async () => {
  const delivery = stage.deliver();
  const { jobId, channel } = await stage.ask(delivery, { say: words(30).flatMap((word) => [word, 50]) });
  await until(() => stage.platform.texts(channel).length === 1);
  await server.kill();
  await sleep(300);
  await server.start();
  expect(await delivery.done(jobId)).toEqual(delivered);
  expect(stage.platform.texts(channel).join('')).toBe(words(30).join(''));
});

describe('drop', () => {
  test('removes everything while it is shown, and stops the job', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, { say: [words(30).join(''), gate().opened] });
    await until(() => stage.platform.texts(channel).length === 2);
    await delivery.drop(jobId);
    expect(await delivery.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
    await until(async () => (await stage.queue.counts()).active === 0);
  });

  test('removes a reply that was delivered long ago, once', async () => {
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, words(30).join(''));
    await delivery.done(jobId);
    await delivery.drop(jobId);
    expect(await delivery.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
    expect(await delivery.messagesOf(jobId)).toEqual([]);
    await delivery.drop(jobId);
    expect(await delivery.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.of('remove')).toHaveLength(2);
  });

  test('finds and removes what was being sent', async () => {
    stage.platform.findable = true;
    const hold = gate();
    stage.platform.fault = async ({ type }) => {
      if (type !== 'send') return undefined;
      await hold.opened();
      return { problem: 'unknown', landed: true };
    };
    const delivery = stage.deliver();
    const { jobId, channel } = await stage.ask(delivery, 'Oh no.');
    await until(() => stage.platform.of('send').length === 1);
    await delivery.drop(jobId);
    hold.open();
    expect(await delivery.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
  });

  test('asked for in one process is done by the one that owns the reply', async () => {
    const [owner, other] = [stage.deliver(), stage.deliver()];
    const { jobId, channel } = await stage.ask(owner, { say: ['Here. ', gate().opened] });
    await until(() => stage.platform.texts(channel).length === 1);
    await other.drop(jobId);
    expect(await other.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
  });
});

describe('several processes', () => {
  test('never own one delivery together', async () => {
    const all = [stage.deliver(), stage.deliver(), stage.deliver()];
    await Promise.all(all.map((delivery) => delivery.resume({ everyMs: 20 })));
    const asked = await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        const { jobId, channel } = await stage.submit({ say: words(10).flatMap((word) => [word, 30]) });
        await Promise.all(all.map((delivery) => delivery.deliver({ jobId, place: { channel } })));
        return { jobId, channel, delivery: all[at % 3] };
      }),
    );
    for (const { jobId, channel, delivery } of asked) {
      expect(await delivery?.done(jobId)).toEqual(delivered);
      expect(stage.platform.texts(channel)).toEqual([words(10).join('')]);
    }
    expect(stage.platform.of('send')).toHaveLength(12);
  });

  test("one that has no time to renew its lease edits nothing that is another's", async () => {
    const surface = stage.platform.surface();
    const edits: string[] = [];
    const { edit } = surface;
    surface.edit = (place, message, view) => {
      edits.push(view.text);
      return edit(place, message, view);
    };
    // The timer by which it says that it lives never fires.
    const timers = vi.spyOn(globalThis, 'setInterval').mockImplementation(() => setTimeout(() => {}, 0));
    const slow = stage.deliver({ surface, leaseMs: 300 });
    timers.mockRestore();
    const hold = gate();
    const { jobId, channel } = await stage.ask(slow, { say: ['Begun. ', hold.opened, 'Ended.'] });
    await until(() => stage.platform.texts(channel).length === 1);
    const next = stage.deliver();
    await sleep(400);
    await next.resume();
    hold.open();
    expect(await next.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['Begun. Ended.']);
    expect(edits).toEqual([]);
  });

  test('hand over: one that closes in mid-reply lets the next go on at once, in the same message', async () => {
    const [first, second] = [stage.deliver({ leaseMs: 3_600_000 }), stage.deliver()];
    const hold = gate();
    const { jobId, channel } = await stage.ask(first, { say: ['Begun. ', hold.opened, 'Ended.'] });
    await until(() => stage.platform.texts(channel).length === 1);
    const done = first.done(jobId);
    await first.close();
    expect(await done).toEqual({ type: 'given-up', reason: 'handed-over' });
    await second.resume();
    hold.open();
    expect(await second.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['Begun. Ended.']);
    expect(stage.platform.of('send')).toHaveLength(1);
  });

  test('one that closes finishes what only needs its last edit', async () => {
    const delivery = stage.deliver();
    stage.platform.latencyMs = 200;
    const { jobId, channel } = await stage.ask(delivery, 'Quick.');
    await until(() => stage.platform.of('send').length === 1);
    await delivery.close({ handOverMs: 5000 });
    expect(stage.platform.buttons(channel)).toEqual(['retry up down']);
    expect((await stage.queue.deliveries.read(jobId))?.outcome).toEqual(delivered);
  });

  test('only take what is their share', async () => {
    const first = stage.deliver();
    const { jobId, channel } = await stage.ask(first, { say: ['Mine. ', 300, 'Yours.'] });
    await first.close({ handOverMs: 0 });
    const [wrong, right] = [stage.deliver(), stage.deliver()];
    await wrong.resume({ share: (place) => place.channel !== channel });
    await sleep(600);
    expect((await stage.queue.deliveries.read(jobId))?.outcome).toBeUndefined();
    await right.resume({ share: (place) => place.channel === channel });
    expect(await right.done(jobId)).toEqual(delivered);
  });

  test('a drop that nobody could see to is seen to by the next', async () => {
    const first = stage.deliver();
    const { jobId, channel } = await stage.ask(first, { say: ['Here. ', gate().opened] });
    await until(() => stage.platform.texts(channel).length === 1);
    await first.close({ handOverMs: 0 });
    await stage.queue.deliveries.drop(jobId);
    const next = stage.deliver();
    await next.resume();
    expect(await next.done(jobId)).toEqual({ type: 'removed' });
    expect(stage.platform.texts(channel)).toEqual([]);
  });

  test('a reply whose end is known is delivered after its stream is gone', async () => {
    const first = stage.deliver();
    stage.platform.fault = () => ({ problem: 'unsent' });
    const { jobId, channel } = await stage.ask(first, 'Late, but here.');
    await until(async () => (await stage.queue.deliveries.read(jobId))?.final !== undefined);
    await first.close({ handOverMs: 0 });
    const redis = server.connect();
    await redis.del(`${stage.prefix}:reply:${jobId}:stream`);
    redis.disconnect();
    stage.platform.fault = () => undefined;
    const next = stage.deliver();
    await next.resume();
    expect(await next.done(jobId)).toEqual(delivered);
    expect(stage.platform.texts(channel)).toEqual(['Late, but here.']);
  });

  test('a reply that ended while nobody was there for too long is given up', async () => {
    const first = stage.deliver();
    const { jobId } = await stage.submit('Gone.');
    await until(async () => (await stage.queue.counts()).active === 0 && (await stage.queue.position(jobId)) === 0);
    for await (const _ of stage.queue.follow(jobId));
    const redis = server.connect();
    await redis.del(`${stage.prefix}:reply:${jobId}:stream`);
    redis.disconnect();
    await first.deliver({ jobId, place: { channel: 'late' } });
    expect(await first.done(jobId)).toEqual({ type: 'given-up', reason: 'expired' });
  });
});
