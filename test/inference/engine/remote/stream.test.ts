import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../../inference/engine/remote/kind.ts';
import { scripted } from '../../../fakes/completions/index.ts';
import { all, ask, finishOf, open, SAYS, SCRIPT, serve, textOf, tokenizer, tokensOf } from './fixtures.ts';

describe.each(KINDS)('a reply from %s', (kind) => {
  it('is what the server says, with tokens that stand for it', async () => {
    const engine = await open([await serve({ kind })]);
    const pieces = await all(engine.generate(ask()));
    expect(textOf(pieces)).toBe(SAYS);
    expect(finishOf(pieces)).toBe('stop');
    expect(tokenizer.text(tokensOf(pieces))).toBe(SAYS);
    expect(pieces.length).toBeGreaterThan(3);
  });

  it('is the same however the bytes are cut, and whatever stands between them', async () => {
    const server = await serve({ kind });
    const engine = await open([server]);
    for (const bytes of [1, 7]) {
      server.faults.next({ bytes, comments: true, usage: true });
      expect(textOf(await all(engine.generate(ask())))).toBe(SAYS);
    }
  });

  it('ends with the last word, with or without [DONE] and a reason', async () => {
    const server = await serve({ kind });
    const engine = await open([server]);
    for (const omit of ['done', 'finish'] as const) {
      server.faults.next({ omit });
      const pieces = await all(engine.generate(ask()));
      expect(textOf(pieces)).toBe(SAYS);
      expect(finishOf(pieces)).toBe('stop');
    }
  });

  it('ends before a stop string, wherever its tokens are cut', async () => {
    const script = tokenizer.encodePlain(' Aye.\nAnn: what?');
    const engine = await open([await serve({ kind, source: scripted(script) })]);
    const pieces = await all(engine.generate(ask()));
    expect(textOf(pieces)).toBe(' Aye.');
    expect(finishOf(pieces)).toBe('stop');
  });

  it('is as long as was asked for', async () => {
    const engine = await open([await serve({ kind })]);
    const pieces = await all(engine.generate(ask({ maxTokens: 5 })));
    expect(finishOf(pieces)).toBe('length');
    expect(SAYS.startsWith(textOf(pieces))).toBe(true);
    expect(textOf(pieces)).not.toBe('');
  });

  it('goes on after the tokens that a dead worker has published', async () => {
    const server = await serve({ kind });
    const engine = await open([server]);
    const whole = await all(engine.generate(ask()));
    // Workers publish whole pieces.
    for (let at = 1; at < whole.length - 1; at += 3) {
      const before = whole.slice(0, at);
      const resume = tokensOf(before);
      const after = await all(engine.generate(ask({ resume })));
      expect(textOf(before) + textOf(after)).toBe(SAYS);
      expect(server.log.list.at(-1)?.max_tokens).toBe(64 - resume.length);
    }
  });
});

it('takes the very tokens that the server drew', async () => {
  const engine = await open([await serve({ kind: 'sglang' })]);
  expect(tokensOf(await all(engine.generate(ask())))).toEqual(SCRIPT);
});

it('shows neither the end of the text nor other special pieces', async () => {
  const script = [...tokenizer.encodePlain(' Aye'), 0, 1, ...tokenizer.encodePlain(' aye'), tokenizer.eos];
  const engine = await open([await serve({ source: scripted(script) })]);
  const pieces = await all(engine.generate(ask()));
  expect(textOf(pieces)).toBe(' Aye aye');
  expect(tokensOf(pieces)).toEqual(tokenizer.encodePlain(' Aye aye'));
});

it('makes bytes that are no UTF-8 U+FFFD, and goes on', async () => {
  const server = await serve({ kind: 'openai' });
  const engine = await open([server]);
  const bytes = Buffer.from('data: {"choices":[{"text":"a\xff\xfeb","finish_reason":"stop"}]}\n\n', 'latin1');
  server.faults.next({ after: 1, does: bytes });
  expect(textOf(await all(engine.generate(ask())))).toMatch(/a\ufffd\ufffdb$/);
});
