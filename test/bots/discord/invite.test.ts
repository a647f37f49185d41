import { PermissionsBitField } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { examine } from '../../../bots/discord/check.ts';
import { inviteLink, permissionsOf } from '../../../bots/discord/invite.ts';

describe('an invitation', () => {
  it('asks for what is needed, and no more', () => {
    const has = (bits: bigint) => new PermissionsBitField(bits).toArray().sort();
    const needed = ['AddReactions', 'ReadMessageHistory', 'SendMessages', 'SendMessagesInThreads', 'ViewChannel'];
    expect(has(permissionsOf())).toEqual(needed);
    expect(has(permissionsOf({ identity: true }))).toEqual([...needed, 'ManageWebhooks'].sort());
  });

  it('is a link that adds the bot and its commands', () => {
    const link = new URL(inviteLink('123'));
    expect(Object.fromEntries(link.searchParams)).toEqual({
      client_id: '123',
      scope: 'bot applications.commands',
      permissions: String(permissionsOf()),
    });
  });
});

describe('doctor', () => {
  const application = { id: '8', name: 'App', bot: { id: '9', username: 'Wise' }, approximate_guild_count: 3 };
  const gateway = {
    shards: 1,
    session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 },
  };
  const found = (more: object, options = {}) => examine({ ...application, ...more } as never, gateway, options);

  it('says who the bot is and where', () => {
    expect(found({})).toMatchObject({
      token: 'valid',
      bot: { id: '9', name: 'Wise' },
      servers: 3,
      shards: 1,
      loginsLeft: 999,
      invite: inviteLink('8'),
      missing: [],
    });
  });

  it.each([
    [1 << 18, true],
    [1 << 19, true],
    [1 << 14, false],
    [undefined, false],
  ])('reads flags %j', (flags, messageContent) => {
    expect(found({ flags }).messageContent).toBe(messageContent);
    expect(found({ flags }, { messageContent: true }).missing).toHaveLength(messageContent ? 0 : 1);
  });

  it('misses what people could not do', () => {
    expect(found({ integration_types_config: { 0: {}, 1: {} } }).missing).toEqual([]);
    expect(found({ integration_types_config: { 0: {} } }).missing).toHaveLength(1);
    const spent = { shards: 1, session_start_limit: { ...gateway.session_start_limit, remaining: 0 } };
    expect(examine(application as never, spent, {}).missing).toHaveLength(1);
  });
});
