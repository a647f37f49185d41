import type { DeliveryRecord, Finish } from '../../../queue/index.ts';

/** The few words of ours that a reply may show; undefined for none. */
export interface DeliveryTexts {
  /** While it waits in the queue: place 1 is next. */
  waiting?(position: number, delivery: DeliveryRecord): string | undefined | Promise<string | undefined>;
  /** Instead of a reply that ended without a word. Without it nothing is shown. */
  empty?(finish: Finish, delivery: DeliveryRecord): string | undefined;
}
