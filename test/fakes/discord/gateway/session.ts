import type { WebSocket } from 'ws';
import { shardOf } from '../ids.ts';
import { may } from '../state/permissions.ts';
import type { Dispatch, World } from '../state/world.ts';
import { intentFor, MESSAGE_CONTENT, op } from './codes.ts';

/** How many events are kept for a client that comes back. */
const KEPT = 5000;

/** A session of a client. It outlives its socket: what happens meanwhile is sent when the client resumes. */
export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  readonly #world: World;
  readonly #events: { s: number; text: string }[] = [];
  #seq = 0;
  socket: WebSocket | undefined;

  constructor(world: World, id: string, intents: number, shard: readonly [number, number]) {
    this.#world = world;
    this.id = id;
    this.intents = intents;
    this.shard = shard;
  }

  /** Hears of something, if its intents, its shard and the bot's permissions let it. */
  hear(event: Dispatch): void {
    const guild = event.guild ?? event.channel?.guild;
    const [shard, count] = this.shard;
    if ((guild ? shardOf(guild.id, count) : 0) !== shard) return;
    const intent = intentFor[event.needs][guild ? 'guild' : 'dm'];
    if (intent !== 0 && (this.intents & intent) === 0) return;
    if (event.needs !== 'none') {
      if (guild && !guild.hasBot) return;
      if (event.channel && !may(this.#world.bot, event.channel, 'ViewChannel')) return;
    }
    this.send(event.t, event.data((this.intents & MESSAGE_CONTENT) !== 0));
  }

  send(t: string, d: unknown): void {
    this.#seq++;
    const text = JSON.stringify({ op: op.dispatch, t, s: this.#seq, d });
    this.#events.push({ s: this.#seq, text });
    if (this.#events.length > KEPT) this.#events.shift();
    this.socket?.send(text);
  }

  /** Sends what is not kept: a client that comes back again must not hear it once more. */
  sendOnce(t: string, d: unknown): void {
    this.socket?.send(JSON.stringify({ op: op.dispatch, t, s: this.#seq, d }));
  }

  /** Sends again what came after `seq`. @returns false when that is no longer known. */
  replay(seq: number): boolean {
    const first = this.#events[0]?.s ?? 1;
    if (seq > this.#seq || seq < first - 1) return false;
    for (const { s, text } of this.#events) if (s > seq) this.socket?.send(text);
    return true;
  }
}
