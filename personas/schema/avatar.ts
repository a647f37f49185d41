import { z } from 'zod';
import { because, mistake } from '../mistakes.ts';

/** A picture in the same folder; no path, so that a persona reaches nothing else. */
export const avatarFile = /^[\p{L}\p{N}_-][\p{L}\p{N}._-]{0,100}\.(?:png|jpe?g|webp|gif)$/iu;

export const avatar = z
  .string()
  .refine((value) => isHttps(value) || avatarFile.test(value), because(mistake('unfitPicture')));

function isHttps(value: string): boolean {
  return value.length <= 2000 && URL.canParse(value) && new URL(value).protocol === 'https:';
}
