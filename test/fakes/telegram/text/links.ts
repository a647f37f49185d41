import type { Entity } from './entities.ts';

/** Endings of names that Telegram takes for those of web sites. Some of them are those of files too. */
const ENDINGS = 'com|org|net|io|dev|ai|app|co|me|md|sh|py|rs|de|ru|cn|uk|gg|xyz';
const HOST = String.raw`(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+`;
const BARE = new RegExp(String.raw`^${HOST}(?:${ENDINGS})(?::\d+)?(?:[/?#]\S*)?$`, 'i');

/** What a link leads to: an address, or a user; undefined when it leads nowhere, and then it is only text. */
export function link(url: string): Pick<Entity, 'url' | 'user' | 'type'> | undefined {
  const user = /^tg:(?:\/\/)?user\?id=(\d+)$/.exec(url)?.[1];
  if (user) return { type: 'text_mention', user: { id: Number(user) } };
  const address = absolute(url);
  return address ? { type: 'text_link', url: address } : undefined;
}

function absolute(url: string): string | undefined {
  const clean = url.trim();
  if (/^(?:tg|ton|tonsite|mailto|tel):/i.test(clean)) return clean;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(clean) ? clean : `http://${clean}`;
  try {
    const { protocol, hostname } = new URL(whole);
    if (!/^(?:https?|ftp):$/.test(protocol) || !(hostname.includes('.') || hostname === 'localhost')) return undefined;
    return new URL(whole).href;
  } catch {
    return undefined;
  }
}

/** Whether a word without a scheme looks like an address. */
export function isBareAddress(word: string): boolean {
  return BARE.test(word);
}
