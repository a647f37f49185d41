import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healMarkdown } from '../../../../bots/chat/split/index.ts';
import { hostile, reply } from './texts.ts';

describe('healMarkdown', () => {
  const cases: [string, string][] = [
    ['plain text', 'plain text'],
    ['a **bold', 'a **bold**'],
    ['a **bold*', 'a **bold**'],
    ['a **bold**', 'a **bold**'],
    ['a **', 'a'],
    ['a *', 'a'],
    ['***both', '***both***'],
    ['***both**', '***both***'],
    ['**bold and *italic', '**bold and *italic***'],
    ['__under _ital_', '__under _ital___'],
    ['~~gone', '~~gone~~'],
    ['~~gone~', '~~gone~~'],
    ['||spoiler', '||spoiler||'],
    ['||spoiler|', '||spoiler||'],
    ['`code', '`code`'],
    ['``a ` b', '``a ` b``'],
    ['``code`', '``code``'],
    ['`a **b', '`a **b`'],
    ['see [the guide](https://exam', 'see the guide'],
    ['see **[the guide](https://exam', 'see **the guide**'],
    ['see ![cat](htt', 'see cat'],
    ['see [the gui', 'see [the gui'],
    ['see [the guide](https://example.com)', 'see [the guide](https://example.com)'],
    ['hi <@12', 'hi'],
    ['hi <:wav', 'hi'],
    ['hi <https://exam', 'hi'],
    ['hi **<@12', 'hi'],
    ['1 < 2', '1 < 2'],
    ['2 * 3 = 6', '2 * 3 = 6'],
    ['2*3 = 6', '2*3 = 6'],
    ['a || b', 'a || b'],
    ['snake_case and __init__.py', 'snake_case and __init__.py'],
    ['escaped \\*star', 'escaped \\*star'],
    ['half \\', 'half'],
    ['**never closed\n\nnext', '**never closed\n\nnext'],
    ['- one **a\n- two', '- one **a\n- two'],
    ['- one\n- ', '- one'],
    ['text\n-', 'text'],
    ['text\n##', 'text'],
    ['1. one\n2.', '1. one'],
    ['```ts\nlet a', '```ts\nlet a\n```'],
    ['```ts\nlet a\n``', '```ts\nlet a\n```'],
    ['```ts\nlet a\n```', '```ts\nlet a\n```'],
    ['````\n```\nx', '````\n```\nx\n````'],
    ['~~~\na ** b\n``', '~~~\na ** b\n``\n~~~'],
    ['  ```js\n  x', '  ```js\n  x\n  ```'],
    ['look ```', 'look'],
    ['look\n```ty', 'look'],
    ['这是**重点', '这是**重点**'],
    ['a **[guide](https://exa', 'a **guide**'],
    ['_done._[guide](https://exa', '_done._'],
    ['**done**[guide](https://exa', '**done**'],
    ['smile \ud83d', 'smile'],
    ['', ''],
  ];
  for (const [text, healed] of cases) {
    it(`${JSON.stringify(text)} is shown as ${JSON.stringify(healed)}`, () => {
      expect(healMarkdown(text)).toBe(healed);
    });
  }

  it('has nothing left to do for what it has done', () => {
    fc.assert(
      fc.property(reply, fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        // Without what is left out at the end anyway: after it a paragraph would be over, and its marks with it.
        const healed = healMarkdown(text.slice(0, Math.floor(text.length * share)).trimEnd());
        expect(healMarkdown(healed)).toBe(healed);
      }),
      { numRuns: 500 },
    );
  });

  it('only leaves out from the end, and only adds marks', () => {
    fc.assert(
      fc.property(fc.oneof(reply, hostile), (text) => {
        const bare = (some: string) => some.replace(/[\s`~*_|]/g, '');
        // A link without its end loses its bracket; no other character moves.
        const healed = bare(healMarkdown(text)).slice(0, -1);
        const link = text.lastIndexOf('[');
        const kept = link >= 0 && /\[[^\]]*\]\([^)]*$/.test(text.slice(link)) ? bare(text.slice(0, link)) : healed;
        expect(bare(text).startsWith(kept.slice(0, healed.length))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
