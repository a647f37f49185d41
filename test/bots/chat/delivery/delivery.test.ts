import { describe, expect, test } from 'vitest';
import { openDelivery } from '../../../../bots/chat/delivery/index.ts';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { gate } from '../../../queue/fixtures/script.ts';
import { delivered, stage, useStage, words } from './fixtures/each.ts';
import { quick } from './fixtures/quick.ts';

useStage();

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
    await until(() => stage.platform.texts(channel)[0] === 'So far. ');
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
