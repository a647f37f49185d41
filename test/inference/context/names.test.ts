import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeName, words } from '../../../inference/context/index.ts';
import { Names } from '../../../inference/context/names.ts';
import { nameKey, reservedNames } from '../../../personas/name.ts';
import { nasty } from './arbitraries.ts';

describe('sanitizeName', () => {
  it.each([
    ['Alice:', 'Alice'],
    ['', 'Someone'],
    [':::', 'Someone'],
    ['Guide', 'Guide 2'],
    ['g u i d e', 'g u i d e 2'],
    ['Guid\u0435', 'Guid\u0435 2'],
    ['\u202eGuide\n', 'Guide 2'],
    ['EARLIER', 'EARLIER 2'],
    ['[note:', 'note 2'],
  ])('%j becomes %j', (raw, name) => expect(sanitizeName(raw, { taken: ['Guide'] })).toBe(name));

  it('takes the fallback that is given', () => expect(sanitizeName('🦜', { fallback: '有人' })).toBe('有人'));

  it('stays within 24 characters with its number', () => {
    const long = 'Guide'.repeat(5).slice(0, 24);
    expect(sanitizeName(long, { taken: [long] })).toBe(`${long.slice(0, 22)} 2`);
  });

  it('never gives a name that is taken', () => {
    fc.assert(
      fc.property(nasty(24), fc.array(nasty(24), { maxLength: 4 }), (raw, taken) => {
        const name = sanitizeName(raw, { taken });
        expect(taken.map(nameKey)).not.toContain(nameKey(name));
        expect([...name].length).toBeLessThanOrEqual(24);
      }),
    );
  });

  it('knows every word of the layout that a line can start with', () => {
    for (const { friend, earlier } of Object.values(words)) {
      expect(reservedNames).toContain(friend);
      expect(reservedNames).toContain(earlier);
    }
  });
});

describe('Names', () => {
  it('gives a name to who comes first and numbers to the others', () => {
    const names = new Names('Guide', 'Someone');
    expect(names.of('1', 'Alice')).toBe('Alice');
    expect(names.of('2', 'alice')).toBe('alice 2');
    expect(names.of('3', 'Alice 2')).toBe('Alice 2 2');
    expect(names.of('1', 'Alice')).toBe('Alice');
    expect(names.of('2', 'alice')).toBe('alice 2');
    expect(names.of('4', 'Guide')).toBe('Guide 2');
    expect(names.of('5', '')).toBe('Someone');
    expect(names.of('6', '!')).toBe('Someone 2');
  });

  it('never lets two people look alike, nor anybody look like the persona', () => {
    const people = fc.array(
      fc.tuple(fc.nat(5).map(String), fc.oneof(nasty(24), fc.constantFrom('Guide', 'Al', 'al 2'))),
    );
    fc.assert(
      fc.property(people, (speakers) => {
        const names = new Names('Guide', 'Someone');
        const owners = new Map([[nameKey('Guide'), 'persona']]);
        for (const [author, raw] of speakers) {
          const key = nameKey(names.of(author, raw));
          expect(owners.get(key) ?? author).toBe(author);
          owners.set(key, author);
        }
      }),
    );
  });
});
