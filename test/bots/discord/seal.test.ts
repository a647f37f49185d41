import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Seal } from '../../../bots/discord/seal.ts';
import { sealToken, tokenIn } from '../../../bots/discord/ways/interaction.ts';

describe('a seal', () => {
  const seal = new Seal('token-1');

  it('opens what it closed, for the same purpose', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (secret, purpose) => {
        expect(seal.open(seal.close(secret, purpose), purpose)).toBe(secret);
        expect(new Seal('token-1').open(seal.close(secret, purpose), purpose)).toBe(secret);
      }),
    );
  });

  it('hides the secret, each time differently', () => {
    const [one, two] = [seal.close('interaction-secret', 'c'), seal.close('interaction-secret', 'c')];
    expect(one).not.toBe(two);
    expect(`${one}${Buffer.from(one, 'base64url').toString('latin1')}`).not.toContain('secret');
  });

  it('stays shut for another purpose, another token, and whatever was changed', () => {
    const closed = seal.close('secret', 'channel 1');
    expect(seal.open(closed, 'channel 2')).toBeUndefined();
    expect(new Seal('token-2').open(closed, 'channel 1')).toBeUndefined();
    const bytes = Buffer.from(closed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(seal.open(`v1.${changed.toString('base64url')}`, 'channel 1')).toBeUndefined();
    }
    for (const odd of ['', 'v1.', 'v1.AAAA', closed.slice(0, -4), closed.replace('v1', 'v2')]) {
      expect(seal.open(odd, 'channel 1')).toBeUndefined();
    }
  });

  it('carries an interaction through Redis for as long as its token lives', () => {
    const token = { application: '9', token: 'aW50ZXJhY3Rpb24', until: 1000 };
    const place = { channel: '5', extra: sealToken(seal, token, '5') };
    expect(JSON.stringify(place)).not.toContain(token.token);
    expect(tokenIn(seal, JSON.parse(JSON.stringify(place)), 999)).toEqual(token);
    expect(tokenIn(seal, place, 1000)).toBeUndefined();
    expect(tokenIn(seal, { ...place, channel: '6' }, 1)).toBeUndefined();
    expect(tokenIn(seal, { channel: '5' }, 1)).toBeUndefined();
    expect(tokenIn(new Seal('another'), place, 1)).toBeUndefined();
  });
});
