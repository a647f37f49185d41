/** A topic of a forum. Its id is that of the message that tells of its creation. */
export interface Topic {
  readonly id: number;
  name: string;
  closed: boolean;
}
