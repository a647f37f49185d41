import { describe, expect, test } from 'vitest';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { gate } from '../../../queue/fixtures/script.ts';
import { delivered, server, stage, useStage, words } from './fixtures/each.ts';

useStage();

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

  test('a file that may not be sent comes as messages', async () => {
    const code = 'print("again")\n'.repeat(15);
    stage.platform.fault = ({ type, text }) =>
      type === 'send' && text === 'code.py' ? { problem: 'forbidden' } : undefined;
    const delivery = stage.deliver({ surface: stage.platform.surface(60, true) });
    const text = `Look:\n\`\`\`python\n${code}\`\`\``;
    const { jobId, channel } = await stage.ask(delivery, text);
    expect(await delivery.done(jobId)).toEqual(delivered);
    // Where a message ends in a line break it is not shown.
    expect(stage.platform.texts(channel).join('').replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
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
