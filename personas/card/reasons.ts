import type { Problem } from '../problem.ts';
import { problemText } from '../problem.ts';
import { type Said, sayer } from '../said.ts';

/**
 * The one catalogue of why a file is no card that we take. admin/web/api/cards.ts says the same in Chinese, and does not compile while it
 * lacks one. `reason` is what a library says.
 */
export const reasons = {
  fileSize: ({ bytes, most }: { bytes: number; most: number }) =>
    `the file has ${bytes} bytes, at most ${most} are read`,
  textSize: ({ bytes, most }: { bytes: number; most: number }) =>
    `its text has ${bytes} bytes, at most ${most} are read`,
  textLength: ({ length, most }: { length: number; most: number }) =>
    `its text has ${length} characters, at most ${most} are read`,
  packedText: ({ most }: { most: number }) => `its text has more than ${most} bytes`,
  notUtf8: ({ reason }: { reason: string }) => `its text is not UTF-8: ${reason}`,
  brokenJson: ({ reason }: { reason: string }) => `its JSON is broken: ${reason}`,
  depth: ({ most }: { most: number }) => `its JSON is nested more than ${most} deep`,
  keyTwice: ({ key }: { key: string }) => `its JSON says "${key}" twice`,
  version1: () => 'it is a card of version 1; save it as V2 or V3 where it comes from',
  unlikeSpec: ({ field, reason }: { field: string; reason: string }) =>
    `"${field || 'the card'}" is not what the specification says (${reason})`,
  loreEntries: ({ count, most }: { count: number; most: number }) =>
    `its lorebook has ${count} entries, at most ${most} are taken`,
  persona: ({ problems }: { problems: readonly Problem[] }) =>
    problems.map((problem) => problemText({ ...problem, line: 0 })).join('; '),

  pngEnd: () => 'the PNG ends before its end',
  pngHeader: () => 'the PNG has no proper header',
  pngChunks: ({ most }: { most: number }) => `the PNG has more than ${most} chunks`,
  chunkType: () => 'a chunk of the PNG has no proper type',
  chunkLength: ({ length }: { length: number }) =>
    `a chunk of the PNG claims ${length} bytes, which the file does not have`,
  checkSum: ({ type }: { type: string }) => `the check sum of a ${type} chunk of the PNG is wrong`,
  keyword: () => 'a text chunk of the PNG has no proper keyword',
  twoCards: ({ keyword }: { keyword: string }) => `the PNG holds two "${keyword}" cards`,
  noCard: () => 'the PNG holds no card (neither a "ccv3" nor a "chara" text)',
  notBase64: () => 'the text in the PNG is not base64',
  pictureSize: ({ width, height, most }: { width: number; height: number; most: number }) =>
    `the picture is ${width} x ${height}, at most ${most} x ${most} is taken`,

  brokenArchive: ({ reason }: { reason: string }) => `the archive is broken: ${reason}`,
  noCardJson: () => 'the archive has no card.json',
  archiveEntries: ({ most }: { most: number }) => `the archive has more than ${most} entries`,
  archiveTwice: ({ file }: { file: string }) => `the archive holds ${file} twice`,
  archiveCut: ({ file }: { file: string }) => `${file} in the archive is cut off`,
  unpacked: ({ file, most }: { file: string; most: number }) => `${file} unpacks to more than ${most} bytes`,
  outside: ({ path }: { path: string }) => `the archive has an entry outside of itself: ${JSON.stringify(path)}`,
} as const;

/** Why a file is not taken, as any language can say it. */
export type Reason = Said<typeof reasons>;

export const reason = sayer(reasons);
