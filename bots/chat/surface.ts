/**
 * What delivery needs of a platform: to send, change and remove a message. A platform implements `Surface`; everything above
 * it (pace, splitting, restart) is the same for all of them.
 */

/** Where a reply goes. It is kept in Redis across restarts, so it is plain JSON and holds no secret in clear. */
export interface Place {
  /** The platform's id of the channel or chat. */
  readonly channel: string;
  /** The message that is answered, when it is answered as a reply. */
  readonly replyTo?: string;
  /** What else the platform needs to find the place again, e.g. a thread or a sealed interaction token. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** What may be pressed below a reply. */
export type Button = 'stop' | 'retry' | 'continue' | 'up' | 'down';

/** One message as it should look. */
export interface View {
  /** Markdown as the persona wrote it, within the surface's limit; never empty. */
  readonly text: string;
  readonly buttons: readonly Button[];
  /** The reply that the buttons act on. */
  readonly jobId: string;
  /** Whose words these are, for platforms that can show them under that name. */
  readonly persona?: string;
  /** It is this file, and `text` its name. Only where the surface takes files. */
  readonly file?: { readonly name: string; readonly text: string };
}

export interface Surface {
  /** What job ids begin with, e.g. `discord`. */
  readonly platform: string;
  /** The longest message, in the units of `measure`. */
  readonly limit: number;
  /** Whether code too long for messages can come as a file, which cannot be edited. Where one is not taken, it comes as text. */
  readonly files?: boolean;
  /** How long a text is for this platform, after what it does to Markdown. */
  measure(text: string): number;
  /** How long this place wants between two edits, in ms, where that is known. */
  gapMs?(place: Place): number | undefined;
  /**
   * Sends a message. The same nonce within a few minutes is the same message, where the platform can tell.
   *
   * @returns the platform's id of the message.
   * @throws SurfaceError
   */
  send(place: Place, view: View, nonce: string, signal?: AbortSignal): Promise<string>;
  /** Changes a message that was sent. @throws SurfaceError */
  edit(place: Place, message: string, view: View, signal?: AbortSignal): Promise<void>;
  /** Removes a message; one that is gone already is no error. @throws SurfaceError */
  remove(place: Place, message: string): Promise<void>;
  /**
   * Whether a send of unknown outcome has arrived after all.
   *
   * @returns the message's id; undefined when it surely has not arrived; `unknown` when the platform cannot tell.
   */
  find(place: Place, view: View, nonce: string): Promise<string | 'unknown' | undefined>;
  /** Shows that somebody is writing, for some seconds. Errors are the caller's to ignore. */
  typing(place: Place): Promise<void>;
}

/** Why a platform did not do what it was asked. */
export type SurfaceProblem =
  /** Too much; try again after `retryAfterMs`. Nothing was sent. */
  | 'limited'
  /** The platform is away, and surely nothing was sent. */
  | 'unsent'
  /** No answer came: it may have been sent. */
  | 'unknown'
  /** The message that was to be edited is gone. */
  | 'message-gone'
  /** The channel is gone, or the bot is no longer in it. */
  | 'place-gone'
  /** A permission is missing. */
  | 'forbidden'
  /** This message can no longer be edited; a new one can be sent. */
  | 'locked'
  /** Of an edit: it was only a preview so far, and is to be sent as a message now. */
  | 'preview'
  /** The platform will never take this content. */
  | 'refused';

export class SurfaceError extends Error {
  readonly problem: SurfaceProblem;
  /** How long to wait, in ms; only with `limited`. */
  readonly retryAfterMs: number;

  constructor(problem: SurfaceProblem, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.name = 'SurfaceError';
    this.problem = problem;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}
