import { until } from '../../wait.ts';
import type { Message } from './message.ts';
import type { User } from './user.ts';

/** How long a press or an inline query waits for its answer, in milliseconds. */
export const ANSWER_MS = 15_000;

export interface PressAnswer {
  readonly text: string | undefined;
  readonly alert: boolean;
  readonly url: string | undefined;
}

/** A button that somebody has pressed, and what they were answered. */
export class Press {
  readonly id: string;
  readonly user: User;
  readonly message: Message;
  readonly data: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The first answer; later ones are taken and not seen. */
  answer: PressAnswer | undefined;

  constructor(id: string, user: User, message: Message, data: string) {
    this.id = id;
    this.user = user;
    this.message = message;
    this.data = data;
    this.at = message.chat.world.clock.now();
  }

  /** Waits for the answer. @throws Error at the deadline. */
  answered(within = 60_000): Promise<PressAnswer> {
    return until(() => this.answer, { within, what: `an answer to the press of ${this.data}` });
  }
}
