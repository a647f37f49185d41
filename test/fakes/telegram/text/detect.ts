import { type Entity, endOf } from './entities.ts';
import { isBareAddress } from './links.ts';

interface Pattern {
  readonly type: string;
  readonly pattern: RegExp;
}

const PATTERNS: readonly Pattern[] = [
  { type: 'email', pattern: /(?<![\w.@+-])[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/gi },
  { type: 'url', pattern: /(?<![\w@])(?:https?|ftp|tg|ton):\/\/[^\s<>"«»]+/gi },
  {
    type: 'bot_command',
    pattern: /(?<![\p{L}\p{N}_/<>@])\/[a-z0-9_]{1,64}(?:@[a-z0-9_]{3,32})?(?![\p{L}\p{N}_/@])/giu,
  },
  { type: 'mention', pattern: /(?<![\p{L}\p{N}_@/])@[a-z0-9_]{3,32}(?![\p{L}\p{N}_@])/giu },
  { type: 'hashtag', pattern: /(?<![\p{L}\p{N}_#/])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}/gu },
  { type: 'url', pattern: /(?<![\p{L}\p{N}_@/.:-])[a-z0-9][^\s<>"«»@]*\.[^\s<>"«»@]+/giu },
];

/** Finds what Telegram finds in any text by itself: mentions, commands, addresses, hashtags. Not inside of code or links. */
export function detect(text: string, given: readonly Entity[]): Entity[] {
  const taken = given.filter(({ type }) => ['code', 'pre', 'text_link', 'text_mention'].includes(type));
  const found: Entity[] = [];
  for (const { type, pattern } of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const word = type === 'url' ? match[0].replace(/[.,:;!?)\]}'’]+$/, '') : match[0];
      if (type === 'url' && !/^[a-z]+:\/\//i.test(word) && !isBareAddress(word)) continue;
      const one = { type, offset: match.index, length: word.length };
      if (word && ![...taken, ...found].some((other) => one.offset < endOf(other) && endOf(one) > other.offset)) {
        found.push(one);
      }
    }
  }
  return found;
}
