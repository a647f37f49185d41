/** The options of a command, as `Ears.command` takes them. */
export type Options = Readonly<Record<string, string>>;

const listed = new Set(['block', 'allow']);
const kinds = new Set(['user', 'channel']);

/**
 * What `/settings` is followed by: `KEY VALUE`, or `block user 123 remove`. A mention of somebody is their number already.
 * With `topic` at its end it counts for the topic only.
 */
export function settingsOptions(rest: string): Options {
  const [key, ...words] = rest.split(/\s+/).filter(Boolean);
  if (key === undefined) return { key: 'show' };
  const last = words.at(-1);
  const scope = last === 'topic' ? { scope: 'channel' } : {};
  if (last === 'topic') words.pop();
  if (!listed.has(key)) return { key, ...(words.length > 0 && { value: words.join(' ') }), ...scope };
  const [kind = '', id = '', remove] = words;
  if (!kinds.has(kind)) return { key, value: words.join(' ') };
  return { key, [kind]: id, ...(remove === 'remove' && { remove: 'true' }) };
}

/** The persona that a deep link asks for: `t.me/bot?start=persona_x`. */
export const personaInLink = (payload: string) => /^persona_([\w-]{1,64})$/.exec(payload)?.[1];

/** What `/mood` is followed by: a mood, and `chat` behind it where it is to count for everybody there. */
export function moodOptions(rest: string): Options {
  const words = rest.split(/\s+/).filter(Boolean);
  const forAll = words.length > 1 && words.at(-1) === 'chat';
  const name = (forAll ? words.slice(0, -1) : words).join(' ');
  return { ...(name !== '' && { name }), ...(forAll && { scope: 'channel' }) };
}
