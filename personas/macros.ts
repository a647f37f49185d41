import { friends } from './name.ts';
import type { PersonaData } from './schema.ts';

/** Who stands for `{{char}}` and `{{user}}`. */
export interface Cast {
  readonly char: string;
  readonly user: string;
}

const macro = /\{\{\s*(char|user)\s*\}\}|<(bot|char|user)>/gi;

/**
 * Replaces `{{char}}`, `{{user}}` and their old forms `<BOT>`, `<CHAR>`, `<USER>`, in any case. What was put in is not looked at again, so
 * a name can bring no macro. Other macros stay as they are.
 */
export function expandMacros(text: string, { char, user }: Cast): string {
  return text.replace(macro, (_, curly?: string, angle?: string) =>
    (curly ?? angle ?? '').toLowerCase() === 'user' ? user : char,
  );
}

/**
 * A persona whose texts have no macros any more. `{{user}}` is whoever asks in the examples: what all chats share can name nobody.
 */
export function fillIn(persona: PersonaData): PersonaData {
  const { name, language, variants, ...rest } = persona;
  const cast = { char: name, user: friends[language] };
  return {
    ...inTexts(rest, cast),
    name,
    language,
    variants: variants.map((variant) => inTexts(variant, { ...cast, user: friends[variant.language ?? language] })),
  };
}

/** In every text of a value, however deep. Keys stay. */
function inTexts<Value>(value: Value, cast: Cast): Value {
  if (typeof value === 'string') return expandMacros(value, cast) as Value;
  if (Array.isArray(value)) return value.map((part) => inTexts(part, cast)) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inTexts(part, cast)])) as Value;
}
