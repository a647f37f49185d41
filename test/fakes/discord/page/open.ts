import { join } from 'node:path';
import { packageRoot } from '../../../../root.ts';
import { type Page, servePage } from '../../page/serve.ts';
import type { FakeDiscord } from '../discord.ts';
import { startFakeDiscord } from '../index.ts';
import type { Person } from '../people/person.ts';
import type { Channel } from '../state/channel.ts';
import { actSchema, perform } from './acts.ts';
import { places, snapshot } from './snapshot.ts';

const HTML = 'test/fakes/discord/page/index.html';

/** A fake Discord with people and places to try a bot in, and the page to do it on. */
export interface Playground {
  readonly discord: FakeDiscord;
  readonly page: Page;
  close(): Promise<void>;
}

/** Opens it. @param options - `port` is the page's, 0 for any. @throws Error when the port is taken */
export async function openPlayground({ port }: { port: number }): Promise<Playground> {
  // A developer who stops at a breakpoint should not be told that the bot did not answer.
  const discord = await startFakeDiscord({ interactionMs: 10_000 });
  const guild = discord.addGuild({ name: 'Playground' });
  const people = [
    discord.addUser({ name: 'Ann', locale: 'en-US' }),
    discord.addUser({ name: 'Ben', locale: 'en-GB' }),
    discord.addUser({ name: '小明', locale: 'zh-CN' }),
  ];
  const general = guild.addChannel('general');
  guild.addChannel('random');
  general.addThread('a quiet corner');
  try {
    /** Ids of modals that were sent off. */
    const submitted = new Set<string>();
    const page = await servePage({
      html: join(packageRoot(), HTML),
      port,
      watch: (changed) => discord.world.watch(changed),
      snapshot: (query) => {
        const { person, channel } = find(discord, people, query.get('user'), query.get('channel'));
        return snapshot(person, people, channel, submitted);
      },
      act: async (given) => {
        const wanted = actSchema.parse(given);
        const { person, channel } = find(discord, people, wanted.user, wanted.channel);
        return perform(discord.world, person, channel, wanted, submitted);
      },
    });
    return {
      discord,
      page,
      close: async () => {
        await page.close();
        await discord.close();
      },
    };
  } catch (error) {
    await discord.close();
    throw error;
  }
}

/** Who talks and where; when the page asks for what is gone, the first that there is. */
function find(discord: FakeDiscord, people: readonly Person[], user: string | null, place: string | null) {
  const person = people.find(({ id }) => id === user) ?? (people[0] as Person);
  const seen = places(person);
  const id = (seen.find((one) => one.id === place) ?? seen[0])?.id ?? '';
  return { person, channel: discord.world.channels.get(id) as Channel };
}
