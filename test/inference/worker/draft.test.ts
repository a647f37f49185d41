import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finish, Piece } from '../../../inference/engine/index.ts';
import { writeDraft } from '../../../inference/worker/draft.ts';
import { compilePatterns } from '../../../personas/index.ts';

async function* inPieces(texts: readonly string[], finish: Finish = 'stop'): AsyncGenerator<Piece> {
  for (const [i, text] of texts.entries()) yield { text, tokens: [i] };
  yield { text: '', tokens: [], finish };
}

async function write(texts: readonly string[], known: readonly string[] = [], finish?: Finish, names?: string[]) {
  const published: { text: string; tokens: number[] }[] = [];
  const draft = await writeDraft(inPieces(texts, finish), {
    ...{ begin: { raw: '', shown: '', drawn: 0 }, known, ...(names && { names }) },
    publish: async (text, tokens) => void published.push({ text, tokens }),
  });
  return { draft, published, text: published.map(({ text }) => text).join('') };
}

describe('a draft', () => {
  it('is published as it grows', async () => {
    const { draft, published } = await write(['Well', ', ', 'no.']);
    expect(published.map(({ text }) => text)).toEqual(['Well', ',', ' no.']);
    expect(draft).toMatchObject({ raw: 'Well, no.', shown: 'Well, no.', drawn: 3, finish: 'stop', dull: false });
  });

  it('is held back while it says what was said before, and comes whole when it goes another way', async () => {
    const { published } = await write(['Ask ', 'the ', 'parrot', ' nothing.'], ['Ask the parrot, not me.']);
    expect(published[0]).toEqual({ text: 'Ask the parrot nothing.', tokens: [0, 1, 2, 3] });
  });

  it.each(['Ask the parrot, not me.', 'ask the  PARROT: not me!!', '« Ask the parrot » – not me?'])(
    'that is an old reply is dull, and nobody sees a word of it: %s',
    async (text) => {
      const { draft, published } = await write([...text], ['Ask the parrot, not me.']);
      expect(draft.dull).toBe(true);
      expect(published).toEqual([]);
    },
  );

  it('that says nothing is dull', async () => {
    expect((await write(['', ' '])).draft.dull).toBe(true);
    expect((await write(['', ' '], [], 'cancelled')).draft.dull).toBe(false);
  });

  it('may say a short thing twice', async () => {
    expect((await write(['Aye.'], ['Aye.'])).draft.dull).toBe(false);
  });

  it('that was cut off in the middle of an old reply is shown as far as it went', async () => {
    const { text } = await write(['Ask the', ' parrot'], ['Ask the parrot, not me.'], 'cancelled');
    expect(text).toBe('Ask the parrot');
  });

  it('ends before a line that says what is forbidden, and shows no word of that line', async () => {
    const pieces = ['Sure.', '\n', '  First, take', ' the blue', ' wire and', ' cut it.', '\n  Done.'];
    const published: string[] = [];
    const draft = await writeDraft(inPieces(pieces), {
      ...{ begin: { raw: '', shown: '', drawn: 0 }, forbidden: compilePatterns(['blue * cut']) },
      publish: async (text) => void published.push(text),
    });
    expect(published.join('')).toBe('Sure.');
    expect(draft).toMatchObject({ shown: 'Sure.', forbidden: true, dull: false, finish: 'stop' });
  });

  it('comes line by line where something is forbidden, and whole when nothing of it was said', async () => {
    const published: string[] = [];
    await writeDraft(inPieces(['One', ' line', '\n', '  and', ' another']), {
      ...{ begin: { raw: '', shown: '', drawn: 0 }, forbidden: compilePatterns(['bomb']) },
      publish: async (text) => void published.push(text),
    });
    expect(published.filter(Boolean)).toEqual(['One line', '\nand another']);
  });

  it('that begins as the line of somebody in the window is dull, and nobody sees a word of it', async () => {
    for (const text of ['Ann: I agree.', 'ann ： yes', 'Pemberton: Very good.']) {
      const { draft, published } = await write([...text], [], 'stop', ['Pemberton', 'Ann']);
      expect(draft.dull).toBe(true);
      expect(published).toEqual([]);
    }
  });

  it('ends before a line that somebody in the window seems to speak, also an indented one', async () => {
    const texts = ['Well', '.', '\n', '  An', 'n', ': I', ' agree.', '\n  And so on.'];
    const { draft, text } = await write(texts, [], 'stop', ['Pemberton', 'Ann']);
    expect(text).toBe('Well.');
    expect(draft).toMatchObject({ shown: 'Well.', finish: 'stop', dull: false });
  });

  it('comes whole when a name is only spoken of', async () => {
    const texts = ['An', 'n', ' is here', '.', '\n', '  An', 'n', ', too', ': yes', '\n  Ann'];
    const { text, published } = await write(texts, [], 'stop', ['Pemberton', 'Ann']);
    expect(text).toBe('Ann is here.\nAnn, too: yes\nAnn');
    expect(published[0]?.text).toBe('Ann is here');
  });

  it('gives out each token once and in the end the text that it keeps, unless it is dull', async () => {
    const words = fc.array(fc.constantFrom('ask ', 'the ', 'parrot ', 'or ', 'not ', '\n', 'Bob: '), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(words, words, async (texts, said) => {
        const { draft, published, text } = await write(texts, [said.join('')], 'stop', ['Bob', 'Parrot Or']);
        if (draft.dull) {
          expect(published).toEqual([]);
          return;
        }
        expect(text).toBe(draft.shown);
        const tokens = published.flatMap((piece) => piece.tokens);
        expect(tokens).toEqual(tokens.map((_, i) => i));
        expect(tokens).toHaveLength(draft.drawn);
      }),
    );
  });
});
