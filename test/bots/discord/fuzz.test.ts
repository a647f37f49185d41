import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Channel, Message, Person } from '../../fakes/discord/index.ts';
import { openStage, type Stage } from './fixtures/stage.ts';

let stage: Stage;
let general: Channel;
let ann: Person;

beforeAll(async () => {
  stage = await openStage({ keepRequests: 100 }, { messageContent: true }, (discord) => {
    const home = discord.addGuild({ name: 'Home' });
    ann = discord.addUser({ name: 'Ann' });
    general = home.addChannel('general');
  });
});
afterAll(() => stage.close());

const events = [
  'MESSAGE_CREATE',
  'MESSAGE_UPDATE',
  'MESSAGE_DELETE',
  'MESSAGE_DELETE_BULK',
  'INTERACTION_CREATE',
  'CHANNEL_DELETE',
  'THREAD_DELETE',
  'GUILD_MEMBER_UPDATE',
  'NOBODY_KNOWS',
];

/** A real payload in which anything may be missing or something else. */
function broken(payload: object) {
  const junk = fc.oneof(fc.anything({ maxDepth: 1 }), fc.string({ unit: 'binary' }), fc.constant(undefined));
  const paths = Object.keys(payload).filter((key) => !['guild_id', 'channel_id'].includes(key));
  return fc
    .tuple(fc.subarray(paths, { maxLength: 3 }), fc.array(junk, { minLength: 3, maxLength: 3 }))
    .map(([keys, values]) => ({ ...payload, ...Object.fromEntries(keys.map((key, at) => [key, values[at]])) }));
}

it('what the gateway sends may be anything, and the bot goes on', async () => {
  const { discord, ears } = stage;
  const crashes: unknown[] = [];
  const note = (error: unknown) => void crashes.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  const message: Message = ann.says(general, 'hello <@1> <#2>', { attachments: [{ filename: 'a.png' }] });
  const payloads = fc.oneof(
    { weight: 4, arbitrary: broken(message.eventJson(true)) },
    { weight: 1, arbitrary: fc.object({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom(null, [], {}) },
  );
  let sent = 0;
  for (const [event, payload] of fc.sample(fc.tuple(fc.constantFrom(...events), payloads), {
    numRuns: 10_000,
    seed: 7,
  })) {
    try {
      JSON.stringify(payload);
    } catch {
      continue; // Not even JSON.
    }
    discord.gateway.inject(event, payload);
    if (++sent % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await discord.until(() => {
    ann.says(general, 'still there?', { mentions: [discord.bot] });
    return ears.heard.some(({ text }) => text === 'still there?');
  });
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
  expect(crashes).toEqual([]);
  expect(sent).toBeGreaterThan(5000);
  expect(discord.pings).toEqual([]);
});
