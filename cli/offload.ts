import type { Offload } from '../inference/engine/index.ts';
import { bytesText } from './bytes.ts';
import { duration } from './duration.ts';

/**
 * What to expect of a model whose experts do not all fit the cards.
 *
 * @param layers - of the model
 * @param disk - bytes/s of the disk, where the host's memory does not hold them either and its rate is known
 */
export function offloadText(
  { layers: left, bytes, tokenBytes, rate }: Offload,
  layers: number,
  disk?: { readonly rate: number | undefined },
): string {
  const from = disk
    ? 'are more than the memory that is free, too: they are read from the disk'
    : "stay in this machine's memory";
  const pace = disk ? disk.rate && Math.min(rate, disk.rate) : rate;
  const speed = pace ? `, at ${bytesText(pace)}/s, measured now, about ${duration(tokenBytes / pace)}` : '';
  return `The model does not fit the card: the experts of ${left} of ${layers} layers, ${bytesText(bytes)}, ${from}, and cross to the card as they are chosen. A token waits for ${bytesText(tokenBytes)}${speed}; replies that run at once wait for more. "wisecrack plan" says what holds it.`;
}
