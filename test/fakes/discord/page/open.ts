import type { FakeDiscord } from '../discord.ts';
import { startFakeDiscord } from '../index.ts';
import { type Page, servePage } from './serve.ts';

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
    const page = await servePage({ discord, people, port });
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
