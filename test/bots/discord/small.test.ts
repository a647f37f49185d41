import type { Channel } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pages } from '../../../bots/chat/pages.ts';
import { Recent } from '../../../bots/chat/recent.ts';
import { webhookName } from '../../../bots/discord/identity.ts';
import { isForAdults } from '../../../bots/discord/read.ts';
import { shardOf } from '../../../bots/discord/shards.ts';

describe('small parts', () => {
  it.each([
    ['Old Brine', 'Old Brine'],
    ['老王', '老王'],
    [' a\n\u202eb ', 'a b'],
    ['Discord Dan', undefined],
    ['CLYDE', undefined],
    ['everyone', undefined],
    [' \u200b ', undefined],
    ['x'.repeat(100), 'x'.repeat(40)],
  ])('the name %j of a persona becomes %j', (persona, name) => {
    expect(webhookName(persona)).toBe(name);
  });

  it('pages hold all of a text, each within the limit', () => {
    expect(pages('one\ntwo\nthree', 8)).toEqual(['one\ntwo', 'three']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (text, limit) => {
        const parts = pages(text, limit);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part).not.toMatch(/[\ud800-\udbff]$/);
        }
        expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('only what is recent is remembered', () => {
    const recent = new Recent<number>(2);
    recent.set('a', 1);
    recent.set('b', 2);
    recent.set('a', 3);
    recent.set('c', 4);
    expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([3, undefined, 4]);
  });

  it.each([
    ['a channel for adults', { nsfw: true, isThread: () => false }, true],
    ['another channel', { nsfw: false, isThread: () => false }, false],
    ['a thread of a channel for adults', { isThread: () => true, parent: { nsfw: true } }, true],
    ['a thread of which the channel is not known', { isThread: () => true, parent: null }, false],
    ['a channel that is not known', null, false],
  ])('%s lets adults only in: %#', (_, channel, adults) => {
    expect(isForAdults(channel as Channel | null)).toBe(adults);
  });

  it("a server's shard is the one that Discord says", () => {
    expect(shardOf('81384788765712384', 1)).toBe(0);
    expect(shardOf(String((7n << 22n) + 5n), 4)).toBe(3);
    expect(shardOf(undefined, 4)).toBe(0);
  });
});
