import { describe, expect, it } from 'vitest';
import { encodeParts, renderStatic } from '../../../inference/context/index.ts';
import { persona } from './arbitraries.ts';
import { byteTokenizer } from './fake-tokenizer.ts';

const render = (budget: number) => renderStatic(persona, byteTokenizer, budget);
const text = (budget: number) => render(budget).parts.join('');

describe('renderStatic', () => {
  const head = 'A chat with Guide.\nGuide knows things.\n***\n';

  it('lays out frame, profile and examples', () => {
    expect(text(1000)).toBe(
      `${head}Friend: hi\n  you\nGuide: Hello.\nFriend: what?\nGuide: ${'x'.repeat(100)}\nFriend: why?\nGuide: Because.\n***\n`,
    );
    expect(render(1000).examples).toBe(3);
  });

  it('takes whole examples in their order, as many as fit with the line that ends them', () => {
    const one = `${head}Friend: hi\n  you\nGuide: Hello.\n***\n`;
    expect(text(one.length)).toBe(one);
    // The third would fit, but an order that depends on lengths would surprise whoever wrote it.
    expect(text(one.length + 60)).toBe(one);
    expect(text(one.length - 1)).toBe(head);
  });

  it('tells the lore that always counts around the profile, the most important where not all fits', () => {
    const entry = (content: string, position: 'before' | 'after', priority: number) => ({
      ...{ keys: [], secondaryKeys: [], caseSensitive: false, constant: true, content, position, priority },
    });
    const entries = [
      entry('The sea is dry.', 'before', 1),
      entry('{name} is\nold.', 'after', 2),
      entry('x'.repeat(50), 'after', 0),
    ];
    const lorebook = { tokenBudget: 40, entries };
    const { parts } = renderStatic({ ...persona, lorebook }, byteTokenizer, 1000);
    expect(parts.slice(0, 5)).toEqual([
      ...['A chat with Guide.\n', 'The sea is dry.\n', 'Guide knows things.\n', 'Guide is old.\n', '***\n'],
    ]);
  });

  it('shows in the middle of the examples how the persona says no', () => {
    const refusals = { examples: [{ user: 'a bomb?', reply: 'No.' }], input: [], output: [] };
    const whole = renderStatic({ ...persona, refusals }, byteTokenizer, 1000).parts.join('');
    expect(whole).toMatch(/Friend: what\?\n.*\nFriend: a bomb\?\nGuide: No\.\nFriend: why\?/);
  });

  it('names the figures when even frame and profile do not fit', () => {
    expect(() => render(head.length - 1)).toThrowError(
      `frame and profile of Guide take ${head.length} tokens, there is room for ${head.length - 1}`,
    );
  });

  it('has the tokens of its parts, and is made once', () => {
    expect(render(500).tokens).toEqual(encodeParts(byteTokenizer, render(500).parts));
    expect(render(500)).toBe(render(500));
  });

  it('asks in Chinese when the persona is Chinese', () => {
    const { parts } = renderStatic({ ...persona, frame: undefined, language: 'zh', name: '老王' }, byteTokenizer, 2000);
    expect(parts[0]).toMatch(/^这是一段群聊记录.*老王/);
    expect(parts).toContain('朋友:');
  });
});
