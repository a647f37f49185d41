import { describe, expect, it } from 'vitest';
import { buttonRows } from '../../../bots/discord/buttons.ts';
import { isIt } from '../../../bots/discord/ways/channel.ts';

describe('a message that may have arrived', () => {
  const me = { id: '9', name: 'W', application: '8', owners: [] };
  const view = { text: 'An answer ', buttons: [], jobId: 'discord:1' };
  const wanted = { me, place: { channel: '5', replyTo: '1' }, view, nonce: 'n' };
  type Message = Parameters<typeof isIt>[0];
  const message = (about: object): Message =>
    ({ id: '3', content: 'An answer', author: { id: '9' }, components: [], ...about }) as unknown as Message;

  it.each<[string, object, boolean]>([
    ['it has the text', {}, true],
    ['it has the nonce', { nonce: 'n', content: 'edited since' }, true],
    ['it has another nonce', { nonce: 'm' }, false],
    ['it has another text', { content: 'Another answer' }, false],
    ["it is somebody else's", { author: { id: '7' } }, false],
    ['a webhook of ours sent it', { author: { id: '7' }, application_id: '8' }, true],
    ['it answers the question', { message_reference: { message_id: '1' } }, true],
    ['it answers another question', { message_reference: { message_id: '2' } }, false],
  ])('%s', (_, about, is) => {
    expect(isIt(message(about), wanted)).toBe(is);
  });

  it('is told by its buttons where many say the same', () => {
    const waits = { ...wanted, view: { ...view, buttons: ['stop' as const] } };
    const of = (jobId: string) => message({ components: buttonRows({ buttons: ['stop'], jobId }, 'en') });
    expect(isIt(of('discord:1'), waits)).toBe(true);
    expect(isIt(of('discord:2'), waits)).toBe(false);
    expect(isIt(message({}), waits)).toBe(false);
  });
});
