import fc from 'fast-check';
import type { MessageEntity } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { healMarkdown, splitText } from '../../../bots/chat/split/index.ts';
import { LIMIT, plain, render } from '../../../bots/telegram/render/index.ts';
import { detect } from '../../fakes/telegram/text/detect.ts';
import { check } from '../../fakes/telegram/text/entities.ts';
import { hostile, reply } from '../chat/split/texts.ts';

/** What is rendered, with each look written around what it covers. */
function shown(markdown: string): string {
  const { text, entities } = render(markdown);
  const places = entities.flatMap((entity, order) => [
    { at: entity.offset, order, mark: `<${nameOf(entity)}>` },
    { at: entity.offset + entity.length, order: -order - 1, mark: '</>' },
  ]);
  // At one place: first what ends, the innermost first; then what begins, the outermost first.
  places.sort((a, b) => b.at - a.at || Number(b.order >= 0) - Number(a.order >= 0) || b.order - a.order);
  return places.reduce((so, { at, mark }) => so.slice(0, at) + mark + so.slice(at), text);
}

const nameOf = (entity: MessageEntity) =>
  entity.type === 'text_link'
    ? `link ${entity.url}`
    : entity.type === 'pre' && entity.language
      ? `pre ${entity.language}`
      : entity.type;

describe('Markdown becomes', () => {
  it.each<[string, string, string]>([
    ['bold', 'a **b** c', 'a <bold>b</> c'],
    ['bold, written with underscores', 'a __b__ c', 'a <bold>b</> c'],
    ['italic', '*a* and _b_', '<italic>a</> and <italic>b</>'],
    ['bold and italic', '***a***', '<bold><italic>a</></>'],
    ['one in the other', '**a *b* c**', '<bold>a <italic>b</> c</>'],
    ['two that cross', '**a *b** c*', '<bold>a <italic>b</></><italic> c</>'],
    ['struck out', '~~a~~', '<strikethrough>a</>'],
    ['a spoiler', 'it is ||the butler||.', 'it is <spoiler>the butler</>.'],
    ['emphasis inside of Chinese', '这是**重点**。', '这是<bold>重点</>。'],
    ['code', 'run `a *b*`', 'run <code>a *b*</>'],
    ['code with backticks in it', '`` a`b ``', '<code>a`b</>'],
    ['code in bold', '**a `b` c**', '<bold>a </><code>b</><bold> c</>'],
    ['a block of code', '```ts\nlet a = **1**;\n```\nthere', '<pre ts>let a = **1**;</>\nthere'],
    ['a block of code that is not closed', '```\na\n\n  b', '<pre>a\n\n  b</>'],
    ['an indented block', '  ```\n  a\n    b\n  ```', '<pre>a\n  b</>'],
    ['a link', '[the *guide*](https://a.example/x_y)', '<link https://a.example/x_y>the <italic>guide</></>'],
    ['a link with a title', '[a](https://a.example "b")', '<link https://a.example>a</>'],
    ['a link of code', '[`a`](https://a.example)', '<link https://a.example>a</>'],
    ['a picture', '![a cat](https://a.example/cat.png)', '<link https://a.example/cat.png>a cat</>'],
    ['an address in brackets', 'see <https://a.example/x>', 'see https://a.example/x'],
    ['an address', 'https://a.example/a_b_c*d', 'https://a.example/a_b_c*d'],
    ['a heading', '# A *b*\ntext', '<bold>A <italic>b</></>\ntext'],
    ['a list', '- a\n* b\n  + c\n1. d', '• a\n• b\n  • c\n1. d'],
    ['a quotation', '> a **b**\n> > c\nd', '<blockquote>a <bold>b</>\nc</>\nd'],
    ['code in a quotation', '> ```\n> a\n> ```', '<blockquote><pre>a</></>'],
    ['a rule', 'a\n\n---\nb', 'a\n\n———\nb'],
    ['a table', '| a | b |\n|---|:-:|\n| 1 | 2 |\nc', '<pre>| a | b |\n|---|:-:|\n| 1 | 2 |</>\nc'],
    ['escaped marks', '\\*a\\* 1\\. \\a', '*a* 1. \\a'],
    ['emphasis over lines', '**a\nb**', '<bold>a\nb</>'],
    ['an emoji before it', '🦊 **b**', '🦊 <bold>b</>'],
  ])('%s', (_, markdown, looks) => {
    expect(shown(markdown)).toBe(looks);
  });

  it.each<[string, string]>([
    ['a star', '2 * 3 * 4'],
    ['stars between letters', 'a*b*c'],
    ['what is never closed', 'a **b'],
    ['what is never closed, before a block', '**a\n\nb**'],
    ['a name in code', 'snake_case_name and a__init__b'],
    ['a bracket', 'a[0](b) and [c] (d)'],
    ['a link to a person, which would notify', '[you](tg://user?id=42)'],
    ['a link to a script', '[a](javascript:alert(1))'],
    ['a link without a label', '[](https://a.example)'],
    ['angle brackets', '1 < 2 > 0 <b>no</b>'],
    ['a face', '¯\\_(ツ)_/¯ ||'],
  ])('itself: %s', (_, text) => {
    expect(render(text)).toEqual({ text: shown(text), entities: [] });
    expect(render(text).text).toBe(text.replace('\\_', '_'));
  });

  it('never nothing, even where there is nothing to see', () => {
    for (const text of ['**', '```\n```', '> ', '\\', '||||', '# ', '\u200b', '_ _']) {
      expect(render(text).entities).toEqual([]);
      expect(render(text).text).toBe(text.trim());
    }
  });

  it('text without what Telegram would take out or refuse', () => {
    expect(render('a\r\nb\0c \ud83d d').text).toBe('a\nbc \ufffd d');
  });

  it('no more looks than Telegram counts', () => {
    expect(render('**a** '.repeat(300)).entities).toHaveLength(100);
  });
});

describe('what a persona writes notifies nobody', () => {
  it.each([
    'hi @ada_lovelace',
    '@ada',
    '(@ada)',
    '**@ada**',
    '@**ada**',
    '@*ada*',
    '\\@ada',
    '@\\_ada',
    '你好@ada 你好',
    '[@ada](https://a.example)',
    '> @ada',
    '# @ada',
    '- @ada',
    '||@ada||',
    '@`ada`',
    '@@ada',
    '-@ada',
  ])('%s', (markdown) => {
    for (const { text, entities } of [render(markdown), { text: plain(markdown), entities: [] }]) {
      const mentions = detect(text, entities).filter(({ type }) => type === 'mention');
      expect(mentions).toEqual([]);
    }
    expect(render(markdown).text.replaceAll('\u2060', '')).toContain('ada');
  });

  it('and neither code nor mail addresses are changed by it', () => {
    expect(render('`@decorator` and ada@a.example').text).toBe('@decorator and ada@a.example');
    expect(render('```py\n@app.get\n```').text).toBe('@app.get');
  });
});

/** Markdown, and what only looks like it. */
const markdown = fc.oneof(reply, hostile, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '**',
        '*',
        '_',
        '~~',
        '||',
        '`',
        '``',
        '```',
        '\n',
        '\n\n',
        '> ',
        '- ',
        '# ',
        '\\',
        '@',
        '<',
        '>',
      ),
      fc.constantFrom(
        '[a](https://a.example)',
        '![',
        '](',
        '| a | b |\n|---|---|\n',
        '🦊',
        '重点',
        'https://b.example/_x_',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('whatever is written', () => {
  const anything = fc.oneof(pieces, markdown);

  it('gives entities that Telegram takes, and wants no changes to', () => {
    fc.assert(
      fc.property(anything, (source) => {
        const { text, entities } = render(source);
        expect(() => check(text, entities)).not.toThrow();
        expect(text).toBe(text.trimEnd());
        expect(/\p{Surrogate}/u.test(text)).toBe(false);
        for (const [at, one] of entities.entries()) {
          const end = one.offset + one.length;
          for (const other of entities.slice(at + 1)) {
            const otherEnd = other.offset + other.length;
            const apart = other.offset >= end || one.offset >= otherEnd;
            // In order, and one around the other.
            expect(apart || (one.offset <= other.offset && otherEnd <= end)).toBe(true);
            if (apart) continue;
            expect(['code', 'pre']).not.toContain(one.type);
            if (['code', 'pre'].includes(other.type)) expect(one.type).toBe('blockquote');
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('notifies nobody', () => {
    fc.assert(
      fc.property(anything, (source) => {
        const { text, entities } = render(source);
        expect(detect(text, entities).filter(({ type }) => type === 'mention')).toEqual([]);
        expect(detect(plain(source), []).filter(({ type }) => type === 'mention')).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps all letters of plain words', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('word', '重点', '🦊', '1'), { minLength: 1 }), (words) => {
        expect(render(words.join(' ')).text).toBe(words.join(' '));
        expect(render(`**${words.join(' ')}**`).text).toBe(words.join(' '));
      }),
    );
  });

  it('fits into messages when it is split by what it measures, also while it grows', () => {
    const measure = (text: string) => render(text).text.length;
    fc.assert(
      fc.property(anything, fc.constantFrom(64, 200), fc.boolean(), (source, limit, growing) => {
        const parts = splitText(source.repeat(5), { limit, measure }, { growing });
        for (const part of parts) {
          if (part.text !== '') expect(measure(part.text)).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is valid at every frame', () => {
    fc.assert(
      fc.property(pieces, (source) => {
        for (let to = 1; to <= source.length; to++) {
          const frame = healMarkdown(source.slice(0, to), LIMIT);
          if (frame.trim() === '') continue;
          const { text, entities } = render(frame);
          expect(() => check(text, entities)).not.toThrow();
        }
      }),
      { numRuns: 50 },
    );
  });

  it('fits in plain words too', () => {
    const long = `**${'@ada '.repeat(1200)}**`;
    expect(plain(long).length).toBeLessThanOrEqual(LIMIT);
    expect(plain('* '.repeat(5000)).length).toBeLessThanOrEqual(LIMIT);
    expect(plain('\u200b'.repeat(5000)).length).toBeLessThanOrEqual(LIMIT);
    expect(plain('**a** @ada')).toBe('**a** @\u2060ada');
  });
});
