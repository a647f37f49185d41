import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headlinesOf } from '../../../bots/news/index.ts';
import { Headline } from '../../../queue/index.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const rss = (...items: string[]) =>
  `<rss version="2.0"><channel><title>The &amp; Times</title>${items.map((item) => `<item>${item}</item>`).join('')}</channel></rss>`;

describe('headlines', () => {
  it('are read from RSS, the newest first', () => {
    const text = rss(
      '<title>Old</title><link>https://a.example/1</link><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate>',
      '<title>New &lt;b&gt;bold&lt;/b&gt; &amp;amp; plain</title><link>https://a.example/2</link><guid>g2</guid><pubDate>Wed, 25 Nov 2026 10:00:00 GMT</pubDate>',
    );
    expect(headlinesOf(text, NOW)).toMatchObject([
      {
        feed: 'The & Times',
        title: 'New bold & plain',
        link: 'https://a.example/2',
        at: Date.parse('2026-11-25T10:00:00Z'),
      },
      { title: 'Old', link: 'https://a.example/1' },
    ]);
  });

  it('are read from Atom, RDF and JSON', () => {
    const atom =
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>1</id><title>One</title><link rel="self" href="https://a.example/self"/><link href="https://a.example/1"/><updated>2026-11-25T10:00:00Z</updated></entry></feed>';
    const rdf =
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://a.example"><title>R</title></channel><item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link></item></rdf:RDF>';
    const json = JSON.stringify({
      ...{ version: 'https://jsonfeed.org/version/1.1', title: 'J' },
      items: [{ id: '1', title: 'One', url: 'https://a.example/1' }],
    });
    for (const text of [atom, rdf, json]) {
      expect(headlinesOf(text, NOW)).toMatchObject([{ title: 'One', link: 'https://a.example/1' }]);
    }
  });

  it.each([
    ['no title', '<link>https://a.example/1</link>'],
    ['no link', '<title>One</title>'],
    ['a link that runs something', '<title>One</title><link>javascript:alert(1)</link>'],
    ['a title of nothing', '<title>&#8203;&#8203;</title><link>https://a.example/1</link>'],
  ])('need a title and a web address: %s', (_, item) => {
    expect(headlinesOf(rss(item), NOW)).toEqual([]);
  });

  it('of a time to come, or of none, are of now', () => {
    for (const date of ['<pubDate>Wed, 25 Nov 2099 10:00:00 GMT</pubDate>', '<pubDate>yesterday-ish</pubDate>', '']) {
      expect(headlinesOf(rss(`<title>One</title><link>https://a.example/1</link>${date}`), NOW)[0]?.at).toBe(NOW);
    }
  });

  it('keep their id when their title is corrected', () => {
    const of = (title: string) =>
      headlinesOf(rss(`<title>${title}</title><link>https://a.example/1</link><guid>x</guid>`), NOW)[0]?.id;
    expect(of('Oen')).toBe(of('One'));
  });

  it('are one plain line that can end no note, whatever a feed says', () => {
    const encode = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (title) => {
        // What no XML may hold makes the whole feed unreadable, and that is fine.
        const xml = encode(title).replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
        for (const headline of headlinesOf(rss(`<title>${xml}</title><link>https://a.example/1</link>`), NOW)) {
          expect(headline.title).not.toMatch(/[\]\n\r\u2028\u202e]/u);
          expect([...headline.title].length).toBeLessThanOrEqual(200);
          Headline.parse(headline);
        }
      }),
    );
  });

  it('are not to be had from what is no feed', () => {
    for (const text of ['', '<html></html>', '{}', '\0\0']) expect(() => headlinesOf(text, NOW)).toThrow();
  });
});
