/** The names behind Discord's ids, as far as they are known. */
export interface Names {
  readonly users: NamesById;
  readonly roles: NamesById;
  readonly channels: NamesById;
}

export type NamesById = Pick<ReadonlyMap<string, string>, 'get'>;

/** What stands for the bot itself in a text. */
export interface SelfIn {
  readonly id: string;
  readonly name: string;
  /** The bot's own roles on this server; not those that others have too. */
  readonly roles: readonly string[];
}

const markup =
  /<(?:(@[!&]?|#)(\d{1,20})|a?:(\w{1,64}):\d{1,20}|t:(-?\d{1,13})(?::[a-zA-Z])?|\/([^:<>]{1,100}):\d{1,20})>/g;

/** Whether a text mentions the bot. A ping that only comes with a reply is none. */
export function mentions(text: string, self: SelfIn): boolean {
  for (const [, kind, id = ''] of text.matchAll(markup)) {
    if (isSelf(kind, id, self)) return true;
  }
  return false;
}

/** A message as a person reads it: the mention of the bot at either end is taken off, others and emoji become their names. */
export function clean(text: string, names: Names, self: SelfIn): string {
  return withoutSelf(text, self)
    .replace(markup, (whole, kind: string | undefined, id = '', emoji, time, command) => {
      if (emoji !== undefined) return `:${emoji}:`;
      if (command !== undefined) return `/${command}`;
      if (time !== undefined) return dateOf(Number(time)) ?? whole;
      if (isSelf(kind, id, self)) return `@${self.name}`;
      if (kind === '#') return `#${names.channels.get(id) ?? 'channel'}`;
      if (kind === '@&') return `@${names.roles.get(id) ?? 'role'}`;
      return `@${names.users.get(id) ?? 'somebody'}`;
    })
    .trim();
}

function withoutSelf(text: string, self: SelfIn): string {
  const ids = [self.id, ...self.roles].filter((id) => /^\d+$/.test(id)).join('|');
  if (ids === '') return text;
  const mention = `<@[!&]?(?:${ids})>`;
  return text
    .replace(new RegExp(`^\\s*(?:${mention}[\\s,:;]*)+`), '')
    .replace(new RegExp(`(?:[\\s,]*${mention})+\\s*$`), '');
}

function isSelf(kind: string | undefined, id: string, self: SelfIn): boolean {
  return kind === '@&' ? self.roles.includes(id) : (kind === '@' || kind === '@!') && id === self.id;
}

function dateOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 16).replace('T', ' ');
}
