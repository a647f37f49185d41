import { crc32, deflateSync } from 'node:zlib';
import { refuse } from './refuse.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What a picture needs to look as it does; text, dates and what nobody knows is not carried on. */
const KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'sBIT',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]);
const MAX_CHUNKS = 20_000;
const MAX_SIDE = 8192;

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** A PNG taken apart. */
export interface Png {
  /** Its tEXt chunks; the texts are Latin-1. */
  readonly texts: ReadonlyMap<string, string>;
  /** The picture alone. */
  readonly image: Uint8Array;
}

/**
 * Reads a PNG's chunks. Nothing is unpacked: compressed text (zTXt, iTXt) is left out, as the card specification asks for tEXt.
 *
 * @throws WisecrackError WISECRACK_CARD_INVALID for lengths beyond the file, wrong check sums, a keyword of cards that is there twice.
 */
export function readPng(bytes: Uint8Array): Png {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = new Map<string, string>();
  const kept: Buffer[] = [SIGNATURE];
  let type = '';
  let chunks = 0;
  for (let at = SIGNATURE.length; type !== 'IEND'; ) {
    if (at + 12 > file.length) refuse('pngEnd');
    const length = file.readUInt32BE(at);
    type = file.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) refuse('chunkType');
    if (length > file.length - at - 12) refuse('chunkLength', { length });
    if (chunks++ === 0 ? type !== 'IHDR' || length !== 13 : type === 'IHDR') refuse('pngHeader');
    if (chunks > MAX_CHUNKS) refuse('pngChunks', { most: MAX_CHUNKS });
    const whole = file.subarray(at, at + 12 + length);
    if (crc32(whole.subarray(4, 8 + length)) !== whole.readUInt32BE(8 + length)) {
      refuse('checkSum', { type });
    }
    const data = whole.subarray(8, 8 + length);
    if (type === 'IHDR') checkSize(data);
    if (type === 'tEXt') takeText(data, texts);
    if (KEPT.has(type)) kept.push(whole);
    at += 12 + length;
  }
  return { texts, image: Buffer.concat(kept) };
}

/** The picture with these tEXt chunks, which stand before its end. @param image - a PNG without texts, as {@link readPng} gives it. */
export function writePng(image: Uint8Array, texts: ReadonlyMap<string, string>): Uint8Array {
  const end = image.length - 12;
  const added = [...texts].map(([keyword, text]) => chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1')));
  return Buffer.concat([image.subarray(0, end), ...added, image.subarray(end)]);
}

/** A picture for those that have none: one colour, which depends on the name. */
export function plainPng(name: string, side = 256): Uint8Array {
  const hue = crc32(name) % 216;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits, a palette.
  header.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.from([hue % 6, Math.floor(hue / 6) % 6, Math.floor(hue / 36)].map((step) => 64 + step * 24));
  // Each row: no filter, then colour 0 everywhere.
  const rows = deflateSync(Buffer.alloc((side + 1) * side));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Whoever shows the picture unpacks it. */
function checkSize(header: Buffer): void {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
    refuse('pictureSize', { width, height, most: MAX_SIDE });
  }
}

function takeText(data: Buffer, texts: Map<string, string>): void {
  const end = data.indexOf(0);
  if (end < 1 || end > 79) refuse('keyword');
  const keyword = data.toString('latin1', 0, end);
  const isCard = keyword === 'chara' || keyword === 'ccv3';
  if (isCard && texts.has(keyword)) refuse('twoCards', { keyword });
  if (isCard) texts.set(keyword, data.toString('latin1', end + 1));
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
