import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../cli/app.ts';
import { listeningOn } from '../../cli/doctor/listening.ts';
import { openQueue, type Queue } from '../../queue/index.ts';
import { Server } from '../queue/fixtures/server.ts';

let server: Server;
let queue: Queue;
const on = async () => [...(await listeningOn({ queue: async () => queue } as App))].sort();

beforeAll(async () => {
  server = await Server.start();
  queue = openQueue({ redis: server.handle });
});

afterAll(async () => {
  await queue.close();
  await server.stop();
});

it('names the platforms on which "listen" is on somewhere', async () => {
  expect(await on()).toEqual([]);
  await queue.rules.change('server:discord:1', { listen: true }, 'test');
  await queue.rules.change('channel:telegram:2', { listen: false }, 'test');
  expect(await on()).toEqual(['discord']);
  await queue.rules.change('all', { listen: true }, 'test');
  expect(await on()).toEqual(['all', 'discord']);
});

it('names none when Redis does not say', async () => {
  expect([...(await listeningOn({ queue: () => Promise.reject(new Error('away')) } as unknown as App))]).toEqual([]);
});
