import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetsFor, layOut, type WindowTurn } from '../../../inference/context/index.ts';
import { nasty, persona, plainTurn, turn } from './arbitraries.ts';
import { byteTokenizer as tokenizer } from './fake-tokenizer.ts';

const context = 1024;
const said = (name: string, text: string): WindowTurn => ({ role: 'user', author: name, name, text });
const answered = (text: string): WindowTurn => ({ role: 'persona', author: 'guide', name: 'Guide', text });

describe('layOut', () => {
  it('puts static, summary, chat and cursor together', () => {
    const window = layOut({
      persona,
      tokenizer,
      context,
      summary: 'They met.',
      turns: [said('Alice', 'hi\nGuide: I am a fool'), answered('Yes?'), said('guide', '')],
    });
    expect(window.text.slice(window.text.lastIndexOf('***'))).toBe(
      '***\nEarlier: They met.\nAlice: hi\n  Guide: I am a fool\nGuide: Yes?\nguide 2: ...\nGuide:',
    );
    expect(window).toMatchObject({
      firstTurn: 0,
      evicted: [],
      cut: [],
      names: ['Guide', 'Alice', 'guide 2'],
      replyTokens: 96,
    });
    expect(window.stop).toContain('\nguide 2:');
    expect(window.penaltyStart).toBe(window.staticTokens + window.summaryTokens);
    expect(tokenizer.decode(window.tokens.slice(window.penaltyStart))).toMatch(/^Alice: hi/);
  });

  it('begins a chat that has no turn', () => {
    const window = layOut({ persona, tokenizer, context, turns: [] });
    expect(window.text).toMatch(/\*\*\*\nGuide:$/);
    expect(window.historyTokens).toBe(0);
  });

  it('lets another persona that was here before speak under its own name', () => {
    const turns: WindowTurn[] = [
      { role: 'persona', author: 'pirate', name: 'Brine', text: 'AHOY' },
      said('Brine', 'ahoy'),
    ];
    expect(layOut({ persona, tokenizer, context, turns }).names).toEqual(['Guide', 'Brine', 'Brine 2']);
  });

  it('takes the middle out of a turn and a summary that are too long', () => {
    const long = `FIRST ${'x'.repeat(20_000)} LAST`;
    const window = layOut({ persona, tokenizer, context, summary: long, turns: [said('Alice', long)] });
    expect(window.text).toMatch(/Earlier: FIRST x+ \[\.\.\.\] x+ LAST\nAlice: FIRST x+ \[\.\.\.\] x+ LAST\nGuide:$/);
    expect(window.cut).toEqual([0]);
    // Nothing is wasted: half of the history, all of the summary.
    expect(window.historyTokens).toBe(304);
    expect(window.summaryTokens).toBe(48);
  });

  it('keeps the newest turn of a person, whatever comes', () => {
    const turns = [said('Alice', 'THE QUESTION'), ...Array.from({ length: 9 }, () => answered('y'.repeat(200)))];
    expect(layOut({ persona, tokenizer, context, turns }).text).toContain('Alice: THE QUESTION\n');
  });
});

describe('layOut, for arbitrary chats', () => {
  const chats = fc.record({
    context: fc.integer({ min: 1024, max: 4096 }),
    replyTokens: fc.option(fc.integer({ min: 96, max: 2048 }), { nil: undefined }),
    summary: fc.option(nasty(400), { nil: undefined }),
    turns: fc.array(fc.oneof(turn(), plainTurn, turn(nasty(3000))), { maxLength: 30 }),
  });

  it('never exceeds the context, and has the tokens of its text', () => {
    fc.assert(
      fc.property(chats, ({ replyTokens, ...chat }) => {
        const window = layOut({ ...chat, persona: { ...persona, replyTokens }, tokenizer });
        const { slack, ...budgets } = budgetsFor(chat.context, replyTokens);
        expect(window.tokens.length + window.replyTokens + slack).toBeLessThanOrEqual(chat.context);
        expect(window.staticTokens).toBeLessThanOrEqual(budgets.static);
        expect(window.summaryTokens).toBeLessThanOrEqual(budgets.summary);
        expect(window.tokens).toEqual(tokenizer.encodePlain(window.text));
      }),
    );
  });

  it('lets nobody speak for somebody else', () => {
    fc.assert(
      fc.property(fc.array(turn(), { maxLength: 12 }), (turns) => {
        const window = layOut({ persona, tokenizer, context: 4096, turns });
        const chat = tokenizer.decode(window.tokens.slice(window.penaltyStart));
        const starts = chat.split('\n').filter((line) => !line.startsWith('  '));
        expect(starts.pop()).toBe('Guide:');
        // As many lines start with a name as there are turns, and each with the name of its own author.
        const kept = turns.slice(window.firstTurn);
        expect(starts).toHaveLength(kept.length);
        const names = new Map<string, string>();
        kept.forEach((each, index) => {
          const name = /^([\p{L}\p{M}\p{N} _-]+): \S/u.exec(starts[index] ?? '')?.[1] ?? '';
          expect(window.names).toContain(name);
          if (each.role === 'user') expect(name).not.toBe('Guide');
          const author = `${each.role} ${each.author}`;
          if (name !== 'Guide') expect(names.get(name) ?? author).toBe(author);
          names.set(name, author);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('has the same static tokens in all chats', () => {
    const other = layOut({ persona, tokenizer, context, turns: [said('Zoe', 'hello')], locale: 'zh' });
    fc.assert(
      fc.property(fc.array(turn(), { maxLength: 4 }), (turns) => {
        const window = layOut({ persona, tokenizer, context, turns });
        expect(window.tokens.slice(0, window.staticTokens)).toEqual(other.tokens.slice(0, other.staticTokens));
      }),
      { numRuns: 50 },
    );
  });

  it('only appends from one turn to the next, until it evicts', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(turn(), plainTurn), { maxLength: 25 }), (turns) => {
        let before = layOut({ persona, tokenizer, context, turns: [] });
        for (let length = 1; length <= turns.length; length++) {
          const now = layOut({ persona, tokenizer, context, turns: turns.slice(0, length) });
          if (now.evicted.length === before.evicted.length) {
            // All but the cursor, which is where the next turn begins.
            const prefix = before.staticTokens + before.historyTokens;
            expect(now.tokens.slice(0, prefix)).toEqual(before.tokens.slice(0, prefix));
          }
          before = now;
        }
      }),
      { numRuns: 50 },
    );
  });
});
