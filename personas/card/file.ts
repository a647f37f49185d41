import { isZip, readAsset, readCharx, writeCharx } from './charx.ts';
import { asOlder, asVersion, memberOf } from './export.ts';
import { decodeUtf8, withMembers } from './json.ts';
import { type Note, note } from './notes.ts';
import { isPng, plainPng, readPng, writePng } from './png.ts';
import { MAX_FILE, MAX_JSON, refuse } from './refuse.ts';
import { type Card, parseCard } from './schema.ts';

export type CardKind = 'json' | 'png' | 'charx';
export type ImageKind = 'png' | 'jpg' | 'webp' | 'gif';

/** A card taken out of its file. */
export interface CardFile {
  readonly kind: CardKind;
  /** The card's own text, byte for byte. */
  readonly json: string;
  readonly image?: { readonly bytes: Uint8Array; readonly kind: ImageKind };
  /** What the file holds and nobody takes. */
  readonly notes: readonly Note[];
}

/**
 * Takes a card out of a JSON, PNG or CHARX file, told apart by their first bytes. Memory stays within some three times the largest file
 * that is taken, whatever the file claims.
 *
 * @throws WisecrackError WISECRACK_CARD_INVALID with the reason.
 */
export function readCardFile(bytes: Uint8Array): CardFile {
  if (bytes.length > MAX_FILE) refuse('fileSize', { bytes: bytes.length, most: MAX_FILE });
  if (isPng(bytes)) {
    const { texts, image } = readPng(bytes);
    const text = texts.get('ccv3') ?? texts.get('chara');
    if (text === undefined) return refuse('noCard');
    return { kind: 'png', json: fromBase64(text), image: { bytes: image, kind: 'png' }, notes: [] };
  }
  if (isZip(bytes)) return readArchive(bytes);
  if (bytes.length > MAX_JSON) refuse('textSize', { bytes: bytes.length, most: MAX_JSON });
  return { kind: 'json', json: decodeUtf8(bytes), notes: [] };
}

export interface CardFileOptions {
  readonly kind: CardKind;
  /** Its name colours the picture of a persona that has none. */
  readonly name: string;
  readonly image?: { readonly bytes: Uint8Array; readonly kind: ImageKind } | undefined;
}

/** Puts a card's text into a file. A PNG holds it in both versions, for programs that know only the older one. */
export function writeCardFile(json: string, { kind, name, image }: CardFileOptions): Uint8Array {
  if (kind === 'json') return Buffer.from(json);
  if (kind === 'charx') {
    const picture = image ?? { bytes: plainPng(name), kind: 'png' as const };
    const path = `assets/icon/images/main.${picture.kind}`;
    return writeCharx(withIcon(asVersion(json, '3.0'), path, picture.kind), new Map([[path, picture.bytes]]));
  }
  const picture = image?.kind === 'png' && isPng(image.bytes) ? readPng(image.bytes).image : plainPng(name);
  const texts = new Map([
    ['chara', toBase64(asOlder(json))],
    ['ccv3', toBase64(asVersion(json, '3.0'))],
  ]);
  return writePng(picture, texts);
}

function readArchive(bytes: Uint8Array): CardFile {
  const json = readCharx(bytes);
  const { data } = parseCard(json);
  const embedded = (data.assets ?? []).filter(({ uri }) => uri.startsWith(EMBEDDED));
  const icon = embedded.find(({ type, name }) => type === 'icon' && name === 'main');
  const picture = icon && readAsset(bytes, icon.uri.slice(EMBEDDED.length));
  const kind = picture && imageKind(picture);
  const left = embedded.length - (kind ? 1 : 0);
  return {
    kind: 'charx',
    json,
    ...(picture && kind && { image: { bytes: picture, kind } }),
    notes: left > 0 ? [note('filesLeft', { left, of: embedded.length })] : [],
  };
}

/** Sic: the specification spells it so. */
const EMBEDDED = 'embeded://';

/** The card with our picture as its main icon; files of another archive are not in ours. */
function withIcon(json: string, path: string, ext: string): string {
  const start = json.indexOf('{');
  const root = json.slice(start);
  const assets = (parseRaw(memberOf(memberOf(root, 'data') ?? '{}', 'assets')) ?? []).filter(
    ({ type, name, uri }) => !(type === 'icon' && name === 'main') && !uri?.startsWith(EMBEDDED),
  );
  const icon = { type: 'icon', uri: EMBEDDED + path, name: 'main', ext };
  const changes = new Map([['assets', JSON.stringify([icon, ...assets])]]);
  const data = withMembers(memberOf(root, 'data') ?? '{}', changes);
  return json.slice(0, start) + withMembers(root, new Map([['data', data]]));
}

type RawAsset = Partial<NonNullable<Card['data']['assets']>[number]>;

function parseRaw(text: string | undefined): RawAsset[] | undefined {
  return text === undefined ? undefined : ((JSON.parse(text) as RawAsset[] | null) ?? undefined);
}

function fromBase64(text: string): string {
  const bare = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) refuse('notBase64');
  if (bare.length > (MAX_JSON * 4) / 3) refuse('packedText', { most: MAX_JSON });
  return decodeUtf8(Buffer.from(bare, 'base64'));
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64');

/** By its first bytes; what a name says may be a lie. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (isPng(bytes)) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpg';
  if (head.startsWith('GIF8')) return 'gif';
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'webp' : undefined;
}
