import { describe, expect, it } from 'vitest';
import type { Button } from '../../../bots/chat/surface.ts';
import { bodyOf, nonceOf } from '../../../bots/discord/body.ts';
import { clientOptions } from '../../../bots/discord/client.ts';

const buttons: Button[] = ['stop', 'retry', 'continue', 'up', 'down'];

describe('the body of a message', () => {
  const view = { text: '@everyone <@1> https://example.com', buttons, jobId: 'discord:1' };

  it('pings nobody and shows no previews', () => {
    expect(bodyOf(view, { channel: '5' })).toMatchObject({
      content: view.text,
      allowed_mentions: { parse: [], replied_user: false },
      flags: 4,
    });
  });

  it('takes old buttons away', () => {
    expect(bodyOf({ ...view, buttons: [] }, { channel: '5' }).components).toEqual([]);
  });

  it('has a nonce that Discord takes, and that is the same for the same', () => {
    expect(nonceOf('short:1')).toBe('short:1');
    const long = 'discord:123456789012345678:0:1';
    expect(nonceOf(long)).toBe(nonceOf(long));
    expect(nonceOf(long)).toHaveLength(25);
    expect(nonceOf(long)).not.toBe(nonceOf(`${long}2`));
  });

  it('is never sent by a client that would ping', () => {
    expect(clientOptions({ messageContent: false }).allowedMentions).toEqual({ parse: [], repliedUser: false });
    const intents = (messageContent: boolean) => clientOptions({ messageContent }).intents as number[];
    expect(intents(true)).toContain(1 << 15);
    expect(intents(false)).not.toContain(1 << 15);
  });
});
