import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopMatcher } from '../../../inference/engine/stop.ts';

/** What must come out, from the whole text at once. */
function naive(text: string, stops: readonly string[]): string {
  const found = stops.filter((stop) => stop !== '').map((stop) => text.indexOf(stop));
  return text.slice(0, Math.min(...found.filter((at) => at !== -1), text.length));
}

/** What comes out of a text in parts. */
function stream(parts: readonly string[], stops: readonly string[]) {
  const matcher = new StopMatcher(stops);
  const out = parts.map((part) => matcher.push(part));
  out.push(matcher.end());
  return { out, text: out.join(''), stopped: matcher.stopped };
}

// A small alphabet, so that stop strings occur, overlap and almost occur all the time.
const unit = fc.constantFrom('a', 'b', '\n', '\ud83d\ude00', 'é');
const text = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''));
const parts = fc.array(text, { maxLength: 12 });
const stops = fc.array(
  fc.array(unit, { maxLength: 4 }).map((units) => units.join('')),
  { maxLength: 4 },
);

describe('StopMatcher', () => {
  it('gives out the text before the first stop string, however it is split', () => {
    fc.assert(
      fc.property(parts, stops, (parts, stops) => {
        const whole = parts.join('');
        const result = stream(parts, stops);
        expect(result.text).toBe(naive(whole, stops));
        expect(result.stopped).toBe(stops.some((stop) => stop !== '' && whole.includes(stop)));
      }),
      { numRuns: 3000 },
    );
  });

  it('never gives out what could still be part of a stop string, and holds nothing else back', () => {
    fc.assert(
      fc.property(parts, stops, (parts, stops) => {
        const matcher = new StopMatcher(stops);
        let [seen, out] = ['', ''];
        for (const part of parts) {
          seen += part;
          out += matcher.push(part);
          // The text before a match, or before the longest end that is the beginning of a stop string, whichever comes first.
          const ends = stops.flatMap((stop) =>
            Array.from({ length: stop.length }, (_, i) => stop.slice(0, i)).filter((s) => seen.endsWith(s)),
          );
          const certain = seen.length - Math.max(0, ...ends.map((end) => end.length));
          expect(out).toBe(naive(seen, stops).slice(0, certain));
          if (matcher.stopped) break;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('lets a stop string that began earlier win', () => {
    expect(stream(['xab', 'c', 'd'], ['abcd', 'bc'])).toMatchObject({ text: 'x', stopped: true });
    expect(stream(['xab', 'c', '!'], ['abcd', 'bc']).out).toEqual(['x', '', 'a', '']);
    expect(stream(['xabc'], ['abcd', 'bc'])).toMatchObject({ text: 'xa', stopped: true });
  });

  it('passes everything on without stop strings', () => {
    expect(stream(['a', '', 'b'], []).out).toEqual(['a', '', 'b', '']);
    expect(stream(['a'], ['']).out).toEqual(['a', '']);
  });
});
