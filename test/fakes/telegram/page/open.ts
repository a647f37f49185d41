import { join } from 'node:path';
import { packageRoot } from '../../../../root.ts';
import { type Page, servePage } from '../../page/serve.ts';
import { startFakeTelegram } from '../index.ts';
import type { FakeTelegram } from '../telegram.ts';
import { actSchema, perform } from './acts.ts';
import { find } from './places.ts';
import { snapshot } from './snapshot.ts';

const HTML = 'test/fakes/telegram/page/index.html';

/** A fake Telegram with people and chats to try a bot in, and the page to do it on. */
export interface Playground {
  readonly telegram: FakeTelegram;
  readonly page: Page;
  close(): Promise<void>;
}

/** Opens it. @param options - `port` is the page's, 0 for any. @throws Error when the port is taken */
export async function openPlayground({ port }: { port: number }): Promise<Playground> {
  const telegram = await startFakeTelegram();
  const { world } = telegram;
  const people = [
    telegram.addUser({ first_name: 'Ann', username: 'ann_a', language_code: 'en' }),
    telegram.addUser({ first_name: 'Ben', username: 'ben_b', language_code: 'en' }),
    telegram.addUser({ first_name: '小明', language_code: 'zh-hans' }),
  ];
  telegram.addGroup({ title: 'Playground', supergroup: true, admins: people.slice(0, 1) });
  const forum = telegram.addGroup({ title: 'Forum', forum: true, admins: people.slice(0, 1) });
  for (const name of ['Jokes', 'Serious matters']) forum.addTopic(name);
  try {
    const page = await servePage({
      html: join(packageRoot(), HTML),
      port,
      watch: (changed) => world.watch(changed),
      snapshot: (query) => {
        const { person, place } = find(world, people, query.get('user'), query.get('place'));
        return snapshot(person, people, place);
      },
      act: async (given) => {
        const wanted = actSchema.parse(given);
        const { person, place } = find(world, people, wanted.user, wanted.place);
        return perform(person, place, wanted);
      },
    });
    return {
      telegram,
      page,
      close: async () => {
        await page.close();
        await telegram.close();
      },
    };
  } catch (error) {
    await telegram.close();
    throw error;
  }
}
