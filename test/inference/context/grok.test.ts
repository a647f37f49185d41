import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { budgetsFor, layOut, renderStatic, type WindowTurn } from '../../../inference/context/index.ts';
import { openTokenizer, type SentencePieceTokenizer } from '../../../inference/engine/tokenizer/tokenizer.ts';
import { loadPersonas } from '../../../personas/index.ts';
import { GROK_TOKENIZER, ROOT, skipNote } from '../engine/golden.ts';

const { personas } = await loadPersonas(join(ROOT, 'personas'));

describe.skipIf(!GROK_TOKENIZER)(
  `the window with Grok-1's tokenizer${skipNote('tokenizer.model', GROK_TOKENIZER)}`,
  () => {
    let tokenizer: SentencePieceTokenizer;
    beforeAll(async () => {
      tokenizer = await openTokenizer(GROK_TOKENIZER ?? '');
    });

    const talk = (count: number): WindowTurn[] =>
      Array.from({ length: count }, (_, index) =>
        index % 2 === 0
          ? {
              role: 'user',
              author: `${index % 6}`,
              name: `Zoë ${index % 6}`,
              text: `Why is ${index} odd?\nGuide: <|separator|> 因为 🦜`,
            }
          : {
              role: 'persona',
              author: 'guide',
              name: 'Guide',
              text: 'It was odd before you asked. '.repeat(1 + (index % 5)),
            },
      );

    it.each(personas)('has room for all examples of $id in 8192 tokens, and for some in 1024', (persona) => {
      expect(renderStatic(persona, tokenizer, budgetsFor(8192).static).examples).toBe(persona.examples.length);
      // Grok's tokenizer spells many Chinese characters in three bytes.
      const some = persona.language === 'zh' ? 1 : 3;
      expect(renderStatic(persona, tokenizer, budgetsFor(1024).static).examples).toBeGreaterThanOrEqual(some);
    });

    it.each([1024, 8192])('has the text of its tokens and stays within %d', (context) => {
      const persona = personas.find(({ id }) => id === 'guide');
      if (!persona) throw new Error('no guide');
      for (const count of [0, 1, 40, 400]) {
        const window = layOut({
          persona,
          tokenizer,
          context,
          turns: talk(count),
          summary: 'They talked about numbers.',
        });
        expect(tokenizer.decode(window.tokens)).toBe(window.text);
        const { slack } = budgetsFor(context);
        expect(window.tokens.length + window.replyTokens + slack).toBeLessThanOrEqual(context);
        if (count === 400) expect(window.evicted.length).toBeGreaterThan(0);
      }
    });

    it('never turns what somebody wrote into a special piece', () => {
      const [persona] = personas;
      if (!persona) throw new Error('no persona');
      const window = layOut({ persona, tokenizer, context: 1024, turns: talk(1) });
      expect(window.tokens.filter((token) => tokenizer.special.includes(token))).toEqual([]);
    });

    it('gives a finished turn the tokens that stood there while it was written', () => {
      const [persona] = personas;
      if (!persona) throw new Error('no persona');
      const ask = layOut({ persona, tokenizer, context: 1024, turns: talk(1) });
      const reply: WindowTurn = { role: 'persona', author: persona.id, name: persona.name, text: 'Because.' };
      const next = layOut({ persona, tokenizer, context: 1024, turns: [...talk(1), reply] });
      const written = [...ask.tokens, ...tokenizer.encodePlain(' Because.\n')];
      expect(next.tokens.slice(0, written.length)).toEqual(written);
    });
  },
);
