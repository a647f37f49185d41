import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Home, model } from './fixtures/command.ts';

const homes: Home[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.close();
});
const newHome = () => {
  const home = new Home();
  homes.push(home);
  return home;
};

/** A port that nobody uses, and that the system gives to nobody who asks for any: tests beside this one do. */
async function freePort(): Promise<{ port: number; server: Server }> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer();
    const taken = once(server, 'error').then(() => true);
    const listening = once(server.listen(port, '127.0.0.1'), 'listening').then(() => false);
    if (!(await Promise.race([taken, listening]))) return { port, server };
  }
}

const setUp = (link: string, name: string) => {
  const { origin, hash } = new URL(link);
  return fetch(`${origin}/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token: hash.slice(1), name, password: 'correct horse battery' }),
  });
};

it('is served by itself, prints its setup link once, and keeps the link out of the log', async () => {
  const home = newHome();
  const { port, server } = await freePort();
  await new Promise((resolve) => server.close(resolve));
  const env = { WISECRACK_ADMIN_PORT: String(port) };
  const first = home.start(['start', '--only', 'admin'], env);
  await first.says('/setup#', 120_000);
  const link = /http:\S+#\S+/.exec(first.stderr)?.[0] ?? '';
  await first.says('Wisecrack is up');
  expect(first.stdout).not.toContain(link.split('#')[1]);
  expect((await setUp(link, 'Olga')).status).toBe(200);
  first.child.kill('SIGTERM');
  expect((await first.done).code).toBe(0);

  const second = home.start(['start', '--only', 'admin'], env);
  await second.says(`Dashboard: http://127.0.0.1:${port}`);
  await second.says('Wisecrack is up');
  expect(second.stderr).not.toContain('/setup#');
  second.child.kill('SIGTERM');
  expect((await second.done).code).toBe(0);
}, 300_000);

it.skipIf(!model)(
  'does not keep the rest from running when its port is taken',
  async () => {
    const home = newHome();
    const { port, server } = await freePort();
    try {
      const command = home.start(['start'], { WISECRACK_ADMIN_PORT: String(port) });
      await command.says('The dashboard did not start', 120_000);
      await command.says('Wisecrack is up');
      command.child.kill('SIGTERM');
      expect((await command.done).code).toBe(0);
      const alone = await home.run(['start', '--only', 'admin'], { env: { WISECRACK_ADMIN_PORT: String(port) } });
      expect(alone.code).toBe(1);
      expect(alone.stderr).toContain('WISECRACK_ADMIN_PORT_TAKEN');
    } finally {
      server.close();
    }
  },
  300_000,
);
