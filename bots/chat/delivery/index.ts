/**
 * Replies on their way to a platform. One process owns each reply and shows it as it grows, at the pace that the channel
 * allows; what is sent is recorded before and after, so that another process can go on where this one died.
 *
 * pace.ts says when, steps.ts what is next, channel.ts whose turn it is, messages.ts does it, record.ts is what is written; reply.ts puts them
 * together for one reply, delivery.ts for all of a platform.
 */
export {
  type Delivery,
  type DeliveryOptions,
  type NewDelivery,
  type Outcome,
  openDelivery,
  type ResumeOptions,
} from './delivery.ts';
export { defaultPace, type Pace } from './pace.ts';
export type { DeliveryTexts } from './texts.ts';
export type { OpenSplitter, TextSplitter } from './view.ts';
