import { Unzip, UnzipInflate, zipSync } from 'fflate';
import { decodeUtf8 } from './json.ts';
import { MAX_IMAGE, MAX_JSON, orRefuse, refuse } from './refuse.ts';

const MAX_ENTRIES = 2000;
/** What is pushed at once unpacks to at most a thousand times as much. */
const STEP = 4096;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/** The text of the card in a CHARX. @throws WisecrackError WISECRACK_CARD_INVALID */
export function readCharx(bytes: Uint8Array): string {
  const card = extract(bytes, 'card.json', MAX_JSON);
  return card ? decodeUtf8(card) : refuse('noCardJson');
}

/** A picture in a CHARX. @returns undefined when it is not there. @throws WisecrackError WISECRACK_CARD_INVALID when it is too large. */
export function readAsset(bytes: Uint8Array, path: string): Uint8Array | undefined {
  return extract(bytes, path, MAX_IMAGE);
}

/** Packs a card and what it refers to. @param assets - by path. */
export function writeCharx(card: string, assets: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // A date would make two exports of the same persona differ.
  const mtime = '2000-01-01T00:00:00';
  const stored = [...assets].map(([path, bytes]) => [path, [bytes, { level: 0, mtime }]] as const);
  return zipSync({ 'card.json': [Buffer.from(card), { level: 9, mtime }], ...Object.fromEntries(stored) });
}

/**
 * Unpacks one entry and nothing else, as a stream: it ends with the first byte too many, whatever the archive says about sizes. Nothing
 * is ever written under a name from an archive; one that has names to do harm elsewhere is refused all the same.
 */
function extract(bytes: Uint8Array, wanted: string, limit: number): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let size = 0;
  let entries = 0;
  const found = { begun: false, whole: false };
  const archive = new Unzip((file) => {
    if (++entries > MAX_ENTRIES) refuse('archiveEntries', { most: MAX_ENTRIES });
    checkPath(file.name);
    if (file.name !== wanted) return;
    if (found.begun) refuse('archiveTwice', { file: wanted });
    found.begun = true;
    file.ondata = (error, part, final) => {
      if (error) throw error;
      size += part.length;
      if (size > limit) refuse('unpacked', { file: wanted, most: limit });
      parts.push(part);
      found.whole = final;
    };
    file.start();
  });
  archive.register(UnzipInflate);
  orRefuse('brokenArchive', () => {
    for (let at = 0; at < bytes.length; at += STEP) {
      archive.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
    }
  });
  if (found.begun && !found.whole) refuse('archiveCut', { file: wanted });
  return found.whole ? Buffer.concat(parts) : undefined;
}

function checkPath(path: string): void {
  const leaves = path.startsWith('/') || /^[A-Za-z]:|\\|\0/.test(path) || path.split('/').includes('..');
  if (leaves) refuse('outside', { path: path.slice(0, 80) });
}
