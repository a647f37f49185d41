import { type Client, Events, GatewayIntentBits, type Message } from 'discord.js';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { logIn, newClient, usualIntents } from './fixtures/client.ts';
import { type Channel, type FakeDiscord, type FakeDiscordOptions, type Person, startFakeDiscord } from './index.ts';

let discord: FakeDiscord;
let general: Channel;
let ann: Person;
const clients: Client[] = [];

async function begin(options: FakeDiscordOptions = {}): Promise<void> {
  discord = await startFakeDiscord(options);
  general = discord.addGuild({ name: 'Home' }).addChannel('general');
  ann = discord.addUser({ name: 'Ann' });
}

/** Logs in and collects what is said. */
async function listener(options: Parameters<typeof logIn>[1] = {}) {
  const client = await logIn(discord, options);
  clients.push(client);
  const heard: string[] = [];
  client.on(Events.MessageCreate, (message: Message) => void heard.push(message.content));
  return { client, heard };
}

function says(from: number, to: number): string[] {
  const texts = Array.from({ length: to - from }, (_, at) => `${from + at}`);
  for (const text of texts) ann.says(general, text);
  return texts;
}

beforeEach(() => {
  clients.length = 0;
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.destroy()));
  await discord.close();
});

describe('the gateway', () => {
  it('tells who the bot is, and its guilds with channels, roles and threads', async () => {
    await begin();
    general.addThread('aside');
    const { client } = await listener();
    expect(client.user?.username).toBe('Wisecrack');
    expect(client.application?.id).toBe(discord.appId);
    const guild = client.guilds.cache.first();
    expect(guild?.name).toBe('Home');
    expect(guild?.channels.cache.map(({ name }) => name)).toEqual(['general', 'aside']);
    expect(guild?.members.me?.permissions.has('ManageWebhooks')).toBe(true);
  });

  it('tells of guilds and channels that come and go', async () => {
    await begin();
    const { client } = await listener();
    const event = (name: string) => new Promise<{ name?: string }>((resolve) => client.once(name, resolve));
    const joined = event(Events.GuildCreate);
    const other = discord.addGuild({ name: 'Other' });
    expect((await joined).name).toBe('Other');
    const made = event(Events.ChannelCreate);
    const channel = other.addChannel('news');
    expect((await made).name).toBe('news');
    const gone = event(Events.ChannelDelete);
    channel.delete();
    expect((await gone).name).toBe('news');
    const left = event(Events.GuildDelete);
    discord.world.leave(other);
    expect((await left).name).toBe('Other');
  });

  it('lets a client resume after a dropped socket, and no event is lost or doubled', async () => {
    await begin();
    const { heard } = await listener();
    const before = says(0, 5);
    await discord.until(() => heard.length === 5);
    discord.gateway.drop();
    const meanwhile = says(5, 25);
    await discord.until(() => discord.gateway.resumes === 1);
    const after = says(25, 30);
    await discord.until(() => heard.length >= 30);
    expect(heard).toEqual([...before, ...meanwhile, ...after]);
    expect(discord.gateway.identifies).toBe(1);
  });

  it('lets a client resume again and again, also in the middle of much talk', async () => {
    await begin();
    const { heard } = await listener();
    const said: string[] = [];
    for (let round = 0; round < 3; round++) {
      said.push(...says(round * 20, round * 20 + 10));
      discord.gateway.drop(round === 1 ? 4000 : undefined);
      said.push(...says(round * 20 + 10, round * 20 + 20));
      await discord.until(() => discord.gateway.resumes === round + 1);
    }
    await discord.until(() => heard.length >= 60);
    expect(heard).toEqual(said);
  });

  it('asks to reconnect (op 7), and the client resumes', async () => {
    await begin();
    const { heard } = await listener();
    discord.gateway.reconnect();
    await discord.until(() => discord.gateway.resumes === 1);
    says(0, 1);
    await discord.until(() => heard.length === 1);
    expect(discord.gateway.identifies).toBe(1);
  });

  it('can call a session invalid: the client begins anew, or resumes if it may', async () => {
    await begin();
    const { heard } = await listener();
    discord.gateway.invalidate(true);
    await discord.until(() => discord.gateway.resumes === 1);
    expect(discord.gateway.identifies).toBe(1);
    discord.gateway.invalidate(false);
    await discord.until(() => discord.gateway.identifies === 2);
    await discord.until(() => discord.gateway.live === 1);
    says(0, 1);
    await discord.until(() => heard.length === 1);
  });

  it('can forget sessions: a resume is answered with op 9', async () => {
    await begin();
    const { heard } = await listener();
    discord.gateway.drop();
    discord.gateway.forget();
    await discord.until(() => discord.gateway.identifies === 2 && discord.gateway.live === 1);
    says(0, 1);
    await discord.until(() => heard.length === 1);
    expect(discord.gateway.resumes).toBe(0);
  });

  it('answers heartbeats; when it does not, the client notices the dead connection', async () => {
    await begin({ heartbeatMs: 300 });
    const { heard } = await listener();
    await discord.until(() => discord.gateway.heartbeats >= 3);
    const bare = new WebSocketClient(discord);
    await bare.sends({ op: 1, d: null });
    await discord.until(() => bare.heard.some(({ op }) => op === 11));
    bare.close();
    const { connections } = discord.gateway;
    discord.gateway.zombie(true);
    says(0, 3);
    await discord.until(() => discord.gateway.connections > connections);
    discord.gateway.zombie(false);
    await discord.until(() => heard.length >= 3);
    expect(heard).toEqual(['0', '1', '2']);
  });

  it('lets clients try again while it takes no connections', async () => {
    await begin();
    const { heard } = await listener();
    discord.gateway.refuse(true);
    discord.gateway.drop();
    await discord.until(() => discord.gateway.refusals >= 2);
    expect(discord.gateway.live).toBe(0);
    discord.gateway.refuse(false);
    await discord.until(() => discord.gateway.live === 1);
    says(0, 2);
    await discord.until(() => heard.length >= 2);
    expect(heard).toEqual(['0', '1']);
  });

  it('refuses a wrong token (4004) and intents that are not switched on (4014)', async () => {
    await begin({ intentsAllowed: GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages });
    const client = newClient(discord);
    clients.push(client);
    await expect(client.login(discord.token)).rejects.toThrow('disallowed intents');
    expect(discord.gateway.closed).toEqual([4014]);
    const socket = new WebSocketClient(discord);
    await socket.sends({ op: 2, d: { token: 'nonsense', intents: 0 } });
    expect(await socket.code).toBe(4004);
  });

  it('closes connections for what makes no sense', async () => {
    await begin();
    const cases: [unknown, number][] = [
      [{ op: 99 }, 4001],
      ['nonsense', 4002],
      [{ op: 3, d: {} }, 4003],
      [{ op: 2, d: { token: discord.token, intents: -1 } }, 4013],
      [{ op: 2, d: { token: discord.token, intents: 0, shard: [2, 2] } }, 4010],
    ];
    for (const [payload, code] of cases) {
      const socket = new WebSocketClient(discord);
      await socket.sends(payload);
      expect(await socket.code).toBe(code);
    }
  });

  it('gives each shard its own guilds, and direct messages to the first', async () => {
    await begin();
    const channels = [general, ...['a', 'b', 'c', 'd'].map((name) => discord.addGuild({ name }).addChannel(name))];
    const shards = await Promise.all([0, 1].map((shard) => listener({ shards: [shard], shardCount: 2 })));
    for (const channel of channels) ann.says(channel, channel.name);
    ann.says(ann.dm(), 'direct');
    await discord.until(() => shards.reduce((sum, { heard }) => sum + heard.length, 0) === 6);
    for (const [shard, { client, heard }] of shards.entries()) {
      const own = channels.filter(({ guild }) => Number((BigInt(guild?.id ?? 0) >> 22n) % 2n) === shard);
      expect(own.length).toBeGreaterThan(0);
      expect(heard).toEqual([...own.map(({ name }) => name), ...(shard === 0 ? ['direct'] : [])]);
      expect(client.guilds.cache.size).toBe(own.length);
    }
  });

  it('sends only what the intents ask for', async () => {
    await begin();
    const intents = usualIntents.filter((intent) => intent !== GatewayIntentBits.DirectMessages);
    const { heard } = await listener({ intents });
    ann.says(ann.dm(), 'direct');
    ann.says(general, 'open');
    await discord.until(() => heard.length > 0);
    expect(heard).toEqual(['open']);
  });

  it('can be made to send anything', async () => {
    await begin();
    const { client, heard } = await listener();
    const raw: unknown[] = [];
    client.on('raw' as never, (packet: { t: string }) => void raw.push(packet.t));
    discord.gateway.inject('MADE_UP', { surprise: [] });
    discord.gateway.injectText('{"op": 11}');
    says(0, 1);
    await discord.until(() => heard.length === 1);
    expect(raw).toContain('MADE_UP');
  });
});

/** A bare socket, for what discord.js never sends. */
class WebSocketClient {
  readonly code: Promise<number>;
  readonly heard: { op: number }[] = [];
  readonly #opened: Promise<unknown>;
  readonly #socket: WebSocket;

  constructor(discord: FakeDiscord) {
    this.#socket = new WebSocket(discord.url.replace('http', 'ws').replace('/api', '/gateway'));
    this.#socket.on('message', (data) => this.heard.push(JSON.parse(String(data))));
    this.#opened = new Promise((resolve) => this.#socket.once('open', resolve));
    this.code = new Promise((resolve) => this.#socket.once('close', resolve));
  }

  async sends(payload: unknown): Promise<void> {
    await this.#opened;
    this.#socket.send(typeof payload === 'string' ? payload : JSON.stringify(payload));
  }

  close(): void {
    this.#socket.close();
  }
}
