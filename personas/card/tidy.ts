/**
 * A stranger's text as a persona file can hold it: one kind of line break, no control characters, no halves of characters; comments of
 * cards gone, their dice come to rest. What all chats share is the same each time, so the first choice stands for all.
 */
export function tidy(raw: string): string {
  return (
    raw
      .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
      .replace(/\p{Cs}/gu, '\ufffd')
      .replace(/[^\P{Cc}\n\t]|\ufeff/gu, '')
      .replace(/\{\{(?:\/\/|comment:|hidden_key:)[^{}]*\}\}/gi, '')
      .replace(/\{\{(?:random|pick)::?([^{}]*)\}\}/gi, (_, choices: string) => (choices.split(/::|,/)[0] ?? '').trim())
      // Not by a pattern: one that ends at $ tries every space of a long run anew.
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  );
}

/** The beginning of a text, as many characters as weigh `limit`, to the end of a sentence where there is one in its second half. */
export function shorten(text: string, limit: number, weigh: (letter: string) => number = () => 1): string {
  let weight = 0;
  let length = 0;
  for (const letter of text) {
    weight += weigh(letter);
    if (weight > limit) return atSentence(text.slice(0, length));
    length += letter.length;
  }
  return text;
}

function atSentence(text: string): string {
  const places = [...text.matchAll(/\n\n|[.!?。！？…]["'”’」』)]*/g)].map((match) => match.index + match[0].length);
  const last = places.at(-1) ?? 0;
  return text.slice(0, last > text.length / 2 ? last : text.length).trim();
}

/** How much of the window a character takes, roughly: Grok-1's tokenizer spells most Chinese characters byte by byte. */
export function weightOf(letter: string): number {
  return /\p{sc=Han}/u.test(letter) ? 6 : 1;
}
