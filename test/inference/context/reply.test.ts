import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPartial, cutReply, dryBreakers, indentText, stopStrings } from '../../../inference/context/index.ts';
import { nasty } from './arbitraries.ts';

describe('cutReply', () => {
  it.each([
    [' Hello. ', 'Hello.'],
    [' Yes.\nDr. O’Brien: and?', 'Yes.'],
    ['好。\n小李：然后呢', '好。'],
    ['One.\n***\nTwo', 'One.'],
    ['One.\n[note: x]', 'One.'],
    ['One.\n  Two: three.\n  \n  Four', 'One.\nTwo: three.\n\nFour'],
    ['See\nhttps://example.org', 'See\nhttps://example.org'],
    ['One.\nTwo without a name.', 'One.\nTwo without a name.'],
    ['Note: the first line is mine', 'Note: the first line is mine'],
    ['\nBob: hi', ''],
  ])('%j becomes %j', (reply, shown) => expect(cutReply(reply)).toBe(shown));

  it('gives back what was indented for the window', () => {
    fc.assert(
      fc.property(nasty(), (text) => {
        const indented = indentText(text);
        expect(indentText(cutReply(` ${indented}\n`))).toBe(indented);
      }),
    );
  });
});

describe('cutPartial', () => {
  it('holds back a line that may become a name', () => {
    expect(cutPartial('Yes.\nAl').text).toBe('Yes.');
    expect(cutPartial('Yes.\nAlice said so, once').text).toBe('Yes.\nAlice said so, once');
    expect(cutPartial('Yes.\nAlice: no')).toEqual({ text: 'Yes.', ended: true });
    expect(cutPartial('Yes.\n  Al').text).toBe('Yes.\nAl');
    expect(cutPartial('Al').text).toBe('Al');
  });

  it('never takes back what it showed', () => {
    const replies = fc.array(
      fc.oneof(nasty(12), fc.constantFrom('\n', '\n  ', 'Bob', ': ', 'https://', '***', '[note')),
    );
    fc.assert(
      fc.property(replies, (pieces) => {
        // An engine gives whole characters.
        const whole = [...pieces.join('')];
        let shown = '';
        for (let length = 0; length <= whole.length; length++) {
          const { text } = cutPartial(whole.slice(0, length).join(''));
          expect(text.startsWith(shown)).toBe(true);
          shown = text;
        }
        expect(cutReply(whole.join('')).startsWith(shown)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it('stops at every name, at the parts of the layout and at what the persona says', () => {
  const stop = stopStrings(['Guide', 'Alice', 'Guide'], ['THE END']);
  for (const text of ['\nGuide:', '\nAlice:', '\nFriend:', '\nEarlier:', '\n***', '\n[note:', 'THE END']) {
    expect(stop.filter((each) => each === text)).toHaveLength(1);
  }
  expect(dryBreakers(['Guide', 'Alice'])).toEqual(['\n', ':', '"', '*', 'Guide', 'Alice']);
});
