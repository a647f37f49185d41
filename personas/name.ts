/** The longest name that a chat line may start with, in characters. */
export const NAME_LENGTH = 24;

/** Who asks in the examples: the same for every chat, or the static part would differ between them. */
export const friends = { en: 'Friend', zh: '朋友' } as const;

/** Names that have a meaning in the window (see inference/context/words.ts): nobody may be called so. */
export const reservedNames: readonly string[] = ['note', 'Earlier', '此前', ...Object.values(friends)];

/**
 * Reduces a name to what is safe at the start of a chat line: letters, digits, space, `_` and `-`, at most 24 characters.
 * Colons, line breaks, control, zero-width and direction characters go; compatibility forms (full width, ligatures) become plain ones.
 * Doing it twice changes nothing more.
 *
 * @returns undefined when no letter or digit is left.
 */
export function cleanName(raw: string): string | undefined {
  const plain = raw
    // Line breaks and tabs part words; they must not glue them together.
    .replace(/\s+/gu, ' ')
    .normalize('NFKC')
    // Ignorable first: some of them (the Hangul fillers) count as letters, others (variation selectors) as marks.
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[^\p{L}\p{Mn}\p{Mc}\p{N} _-]/gu, '')
    .normalize('NFC')
    // Vietnamese and Indic scripts stack two marks; towers of them are a prank.
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/ +/g, ' ')
    .replace(/^[\p{M} ]+/u, '');
  const name = [...plain].slice(0, NAME_LENGTH).join('').trim();
  return /[\p{L}\p{N}]/u.test(name) ? name : undefined;
}

/** Cyrillic and Greek letters that look like Latin ones. Not complete; enough that "Guidе" does not pass for "Guide". */
const alike: Record<string, string> = Object.fromEntries(
  ['аa', 'вb', 'еe', 'кk', 'мm', 'нh', 'оo', 'рp', 'сc', 'тt', 'уy', 'хx', 'іi', 'јj', 'ѕs', 'ԁd', 'ӏl']
    .concat(['αa', 'βb', 'εe', 'ηn', 'ιi', 'κk', 'νv', 'οo', 'ρp', 'τt', 'υu', 'χx', 'ıi'])
    .map((pair) => [pair[0] as string, pair[1] as string]),
);

/** Two names with the same key look alike to a reader: case, spaces, `_`, `-`, accents and look-alike letters are left out. */
export function nameKey(name: string): string {
  const bare = name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{M}\s_-]/gu, '');
  return [...bare].map((letter) => alike[letter] ?? letter).join('');
}
