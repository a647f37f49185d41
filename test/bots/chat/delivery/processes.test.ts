import { describe, expect, test, vi } from 'vitest';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { gate } from '../../../queue/fixtures/script.ts';
import { delivered, server, stage, useStage, words } from './fixtures/each.ts';

useStage();

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
    // It says nothing of waiting: the first that it shows is the text, and that by a send.
    const slow = stage.deliver({ surface, leaseMs: 300, texts: {} });
    timers.mockRestore();
    const hold = gate();
    const { jobId, channel } = await stage.ask(slow, { say: ['Begun. ', hold.opened, 'Ended.'] });
    const { deliveries } = stage.queue;
    // It has written down what it has sent; after that it writes nothing, and its lease runs out.
    await until(async () => (await deliveries.read(jobId))?.parts[0]?.message !== undefined);
    await until(async () => {
      for await (const due of deliveries.due('test')) if (due === jobId) return true;
      return false;
    });
    const next = stage.deliver();
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
    const hold = gate();
    stage.platform.fault = async ({ type }) => (type === 'send' ? hold.opened().then(() => undefined) : undefined);
    const { jobId, channel } = await stage.ask(delivery, 'Quick.');
    await until(() => stage.platform.of('send').length === 1);
    await until(async () => (await stage.queue.deliveries.read(jobId))?.final !== undefined);
    const closing = delivery.close({ handOverMs: 60_000 });
    hold.open();
    await closing;
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
