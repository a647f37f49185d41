import { request } from 'node:http';
import { type ChatInputCommandInteraction, type Client, Events } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn } from './fixtures/client.ts';
import { openPlayground, type Playground } from './page/open.ts';
import type { snapshot } from './page/snapshot.ts';

type Snapshot = ReturnType<typeof snapshot>;

let playground: Playground;
let client: Client<true>;

beforeAll(async () => {
  playground = await openPlayground({ port: 0 });
  client = await logIn(playground.discord);
  await client.application.commands.set([
    {
      name: 'ask',
      description: 'Ask something',
      descriptionLocalizations: { 'zh-CN': '问点什么' },
      options: [{ type: 3, name: 'text', description: 'What', required: true }],
    },
    {
      name: 'persona',
      description: 'Change the voice',
      options: [
        {
          type: 1,
          name: 'set',
          description: 'Set it',
          options: [{ type: 3, name: 'name', description: 'Which', autocomplete: true, required: true }],
        },
      ],
    },
    { type: 3, name: 'Answer this' },
  ]);
});

afterAll(async () => {
  await client.destroy();
  await playground.close();
});

/** Reads what the page is sent, until it is like this. */
async function sees(fits: (shown: Snapshot) => boolean, { user = '', channel = '' } = {}): Promise<Snapshot> {
  const leave = AbortSignal.timeout(30_000);
  const answer = await fetch(`${playground.page.url}/events?user=${user}&channel=${channel}`, { signal: leave });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const shown = JSON.parse(part.replace(/^data: /, '')) as Snapshot;
      if (fits(shown)) return shown;
    }
  }
  throw new Error('the stream has ended');
}

async function act(body: object) {
  const answer = await fetch(`${playground.page.url}/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as { error?: string; choices?: unknown } };
}

function next(work: (interaction: never) => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction) => work(interaction as never).then(resolve, reject));
  });
}

describe('the page', () => {
  it('is one file that loads nothing from elsewhere and lets no markup of others run', async () => {
    const answer = await fetch(playground.page.url);
    const html = await answer.text();
    const nonce = /script-src 'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
    expect(html).toContain(`<script nonce="${nonce}">`);
    expect(html).not.toMatch(/https?:|innerHTML|insertAdjacentHTML|document\.write/);
    expect(html).not.toContain('NONCE');
  });

  it('knows people, places and commands, in their languages', async () => {
    const shown = await sees(() => true);
    expect(shown.people.map(({ name }) => name)).toEqual(['Ann', 'Ben', '小明']);
    expect(shown.places.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'channel general',
      'thread a quiet corner',
      'channel random',
      'dm Wisecrack',
    ]);
    expect(shown.commands.map(({ name, description }) => `${name}: ${description}`)).toEqual([
      '/ask: Ask something',
      '/persona set: Set it',
    ]);
    const xiaoming = await sees(() => true, { user: shown.people[2]?.id ?? '' });
    expect(xiaoming.commands[0]?.description).toBe('问点什么');
    expect(xiaoming.menus).toEqual(['Answer this']);
  });

  it('carries what people say, edit, delete and press, and shows what comes back while it comes', async () => {
    const { me: user, channel } = await sees(() => true);
    const heard = new Promise<string>((resolve) =>
      client.once(Events.MessageCreate, ({ content }) => resolve(content)),
    );
    await act({ act: 'say', user, channel, text: '<b>hi</b> @Wisecrack' });
    expect(await heard).toBe(`<b>hi</b> <@${playground.discord.appId}>`);
    const shown = await sees(({ messages }) => messages.length > 0, { user, channel });
    const said = shown.messages[0];
    expect(said?.text).toBe('<b>hi</b> @Wisecrack');
    await act({ act: 'edit', user, channel, message: said?.id, text: 'hello' });
    expect((await sees(({ messages }) => messages[0]?.edited === true, { user, channel })).messages[0]?.text).toBe(
      'hello',
    );

    const place = await client.channels.fetch(channel);
    if (!place?.isSendable()) throw new Error('no channel');
    await place.sendTyping();
    expect((await sees(({ typing }) => typing.length > 0, { user, channel })).typing).toEqual(['Wisecrack']);
    const stop = { type: 1, components: [{ type: 2, style: 4, label: 'Stop', custom_id: 'stop' }] };
    const reply = await place.send({ content: 'grow', components: [stop] });
    const buttons = (await sees(({ messages }) => messages.at(-1)?.text === 'grow', { user, channel })).messages.at(
      -1,
    )?.buttons;
    expect(buttons).toEqual([{ id: 'stop', label: 'Stop', style: 4, disabled: false }]);
    const pressed = next((interaction: { update: (to: object) => Promise<unknown> }) =>
      interaction.update({ content: 'stopped', components: [] }),
    );
    await act({ act: 'press', user, channel, message: reply.id, button: 'stop' });
    await pressed;
    await sees(({ messages }) => messages.at(-1)?.text === 'stopped', { user, channel });
    await act({ act: 'delete', user, channel, message: said?.id });
    expect(playground.discord.world.channels.get(channel)?.shows()).toEqual(['Wisecrack: stopped']);
  });

  it('runs slash commands as they are typed, with answers for one person only', async () => {
    const { me: user, channel, people } = await sees(() => true);
    const answered = next(async (interaction: ChatInputCommandInteraction) => {
      await interaction.reply({ content: `you ask ${interaction.options.getString('text')}`, flags: 64 });
    });
    await act({ act: 'say', user, channel, text: '/ask why is it so?' });
    await answered;
    const own = await sees(({ messages }) => messages.some(({ only }) => only), { user, channel });
    expect(own.messages.at(-1)?.text).toBe('you ask why is it so?');
    const others = await sees(() => true, { user: people[1]?.id ?? '', channel });
    expect(others.messages.some(({ only }) => only)).toBe(false);

    const suggested = next(async (interaction: { respond: (choices: object[]) => Promise<unknown> }) => {
      await interaction.respond([{ name: 'Pirate', value: 'pirate' }]);
    });
    const { json } = await act({ act: 'suggest', user, channel, text: '/persona set name:pi' });
    await suggested;
    expect(json.choices).toEqual([{ name: 'Pirate', value: 'pirate' }]);
  });

  it('says in words what does not work', async () => {
    const { me: user, channel } = await sees(() => true);
    expect((await act({ act: 'say', user, channel, text: '/nothing' })).json.error).toBe(
      'there is no command /nothing',
    );
    expect((await act({ act: 'press', user, channel, message: '1', button: 'x' })).json.error).toBe(
      'the message is gone',
    );
    expect((await act({ act: 'nonsense' })).status).toBe(400);
  });

  it('answers nobody who comes by another name or from another site', async () => {
    const status = (headers: Record<string, string>, method = 'GET', path = '/') =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request(`${playground.page.url}${path}`, { headers, method }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asked.on('error', reject).end(method === 'POST' ? '{}' : undefined);
      });
    expect(await status({ host: 'evil.example' })).toBe(403);
    const json = { 'content-type': 'application/json' };
    expect(await status({ ...json, origin: 'http://evil.example' }, 'POST', '/act')).toBe(403);
    expect(await status({ 'content-type': 'text/plain' }, 'POST', '/act')).toBe(403);
    expect(await status(json, 'POST', '/act')).toBe(400);
  });
});
