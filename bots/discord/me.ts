/** Who the bot is on Discord; known when the gateway has said so. */
export interface Me {
  /** The account that messages are from. */
  readonly id: string;
  readonly name: string;
  /** The application that commands and webhooks belong to. */
  readonly application: string;
  /** The accounts of those who run the bot: its owner, or its team. */
  readonly owners: readonly string[];
}
