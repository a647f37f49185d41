import { cards } from './cards.ts';
import { ofCards } from './machine.ts';
import type { Question } from './question.ts';
import { type Dtype, kvBytes, sizesOf } from './size.ts';

/** What to do when it does not fit. */
export type Advice =
  /** The released 8-bit weights take half. */
  | { readonly kind: 'int8'; readonly fits: number }
  | { readonly kind: 'fewer-chats'; readonly chats: number }
  | { readonly kind: 'shorter'; readonly context: number }
  /** Boxes of eight that hold what was asked for. */
  | { readonly kind: 'other-cards'; readonly dtype: Dtype; readonly names: readonly string[] }
  /** Somebody else's servers. */
  | { readonly kind: 'remote' };

const BOX = 8;
/** Windows below this hold no persona and no talk. */
const SHORTEST = 1024;

/** What would fit instead of what was asked for, the nearest first. @param fits - how many chats have room as it is */
export function advise(question: Question, fits: readonly [number, number]): Advice[] {
  const { shape, machine, dtype, chats = 1, context = shape.sequenceLen } = question;
  const advice: Advice[] = [];
  const roomFor = (type: Dtype) => machine.memory[0] - sizesOf(shape, type).model;
  const kvChat = context * kvBytes(shape);
  if (roomFor(dtype) >= 0) {
    if (fits[0] > 0) advice.push({ kind: 'fewer-chats', chats: fits[0] });
    const shorter = Math.floor(roomFor(dtype) / chats / kvBytes(shape) / 256) * 256;
    if (shorter >= SHORTEST) advice.push({ kind: 'shorter', context: shorter });
  }
  const inInt8 = Math.floor(roomFor('int8') / kvChat);
  if (dtype === 'bf16' && inInt8 >= chats) advice.push({ kind: 'int8', fits: inInt8 });
  const holds = (type: Dtype) =>
    cards
      .map((card) => ofCards(card, BOX))
      .filter(({ memory }) => memory[0] >= sizesOf(shape, type).model + chats * kvChat);
  const names = (type: Dtype) => holds(type).flatMap(({ name }) => (name === machine.name ? [] : [name]));
  for (const type of new Set<Dtype>([dtype, 'int8']))
    if (names(type).length > 0) advice.push({ kind: 'other-cards', dtype: type, names: names(type) });
  return [...advice, { kind: 'remote' }];
}
