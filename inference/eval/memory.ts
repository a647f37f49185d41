import type { Conversation, Conversations, Summary, Turn } from '../../queue/index.ts';

/** A conversation that lies nowhere. */
export class MemoryConversation implements Conversation, Pick<Conversations, 'summarise'> {
  readonly turns: Turn[] = [];
  #summary: Summary | undefined;
  /** How many summaries were kept, and how many of them say something. */
  readonly summaries = { made: 0, good: 0 };

  async read(): Promise<Turn[]> {
    return [...this.turns];
  }

  async summary(): Promise<Summary | undefined> {
    return this.#summary;
  }

  async summarise(_: string, summary: Summary): Promise<void> {
    this.#summary = summary;
    this.summaries.made++;
    if (summary.text !== '') this.summaries.good++;
  }

  async getPersona(): Promise<undefined> {}
}
