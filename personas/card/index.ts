/** Character Cards V2 and V3, in and out: JSON, PNG, CHARX. A card is a stranger's file and is treated as one. */
export { exportCard } from './export.ts';
export {
  type CardFile,
  type CardFileOptions,
  type CardKind,
  type ImageKind,
  imageKind,
  readCardFile,
  writeCardFile,
} from './file.ts';
export { type Imported, type ImportOptions, importCard } from './import.ts';
export { note } from './notes.ts';
export { reason } from './reasons.ts';
export { MAX_FILE } from './refuse.ts';
