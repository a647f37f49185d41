import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Home, model } from './fixtures/command.ts';

let home: Home;

beforeAll(async () => {
  const builder = new Home();
  await builder.run(['build']);
  await builder.close();
}, 300_000);
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.close());

async function startWorker() {
  const worker = home.start(['start', '--only', 'worker']);
  await worker.says('Wisecrack is up');
  return worker;
}

describe.skipIf(!model)('with a model', () => {
  it('ask brings its own worker, and the same seed gives the same reply', async () => {
    const ask = () => home.run(['ask', '--json', '--seed', '42', 'What is a volcano?']);
    const [first, second] = [await ask(), await ask()];
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('Loading the model');
    const [a, b] = [JSON.parse(first.stdout), JSON.parse(second.stdout)];
    expect(a.reply).not.toBe('');
    expect(a.reply).toBe(b.reply);
    expect(a.promptTokens).toBeGreaterThan(50);
  });

  it('ten questions at once are all answered by one worker, which then ends cleanly', async () => {
    const worker = await startWorker();
    const asks = await Promise.all(
      Array.from({ length: 10 }, (_, at) => home.run(['ask', '--json', `Question number ${at}?`])),
    );
    for (const { code, stdout, stderr } of asks) {
      expect({ code, loads: stderr.includes('Loading') }).toEqual({ code: 0, loads: false });
      expect(JSON.parse(stdout).reply).not.toBe('');
    }
    const before = performance.now();
    worker.child.kill('SIGTERM');
    const { code, stdout } = await worker.done;
    expect(code).toBe(0);
    expect(performance.now() - before).toBeLessThan(12_000);
    // Nothing but JSON lines, and one for each reply.
    const log = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(log.filter(({ msg }) => msg === 'answered')).toHaveLength(10);
  });

  it('a reply whose worker is killed comes whole, from the next worker', async () => {
    const args = ['ask', '--seed', '5', 'Tell me all about the sea.'];
    const whole = (await home.run(args)).stdout;
    const worker = await startWorker();
    const asking = home.start(args);
    const killed = new Promise<string>((resolve) => {
      asking.child.stdout.once('data', () => {
        worker.child.kill('SIGKILL');
        resolve(asking.stdout);
      });
    });
    const seen = await killed;
    await worker.done;
    await startWorker();
    const { code, stdout } = await asking.done;
    expect(code).toBe(0);
    expect(stdout.startsWith(seen)).toBe(true);
    expect(stdout).toBe(whole);
  });

  it('a question outlives its worker also when nobody starts another', async () => {
    const worker = await startWorker();
    // Stopped, it takes no job, and seems to live for as long as its heartbeat counts.
    worker.child.kill('SIGSTOP');
    const asking = home.start(['ask', '--json', 'Anybody there?']);
    await sleep(1500);
    worker.child.kill('SIGKILL');
    const { code, stdout, stderr } = await asking.done;
    expect(code).toBe(0);
    expect(stderr).toContain('The worker is gone');
    expect(JSON.parse(stdout).reply).not.toBe('');
  });

  it('chat in a pipe ends with the input', async () => {
    const { code, stdout } = await home.run(['chat'], { input: '/persona pirate\nHello!\n' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Brine: \S/);
  });

  it('a second Ctrl-C ends at once', async () => {
    const worker = await startWorker();
    worker.child.kill('SIGINT');
    await sleep(700);
    worker.child.kill('SIGINT');
    expect([0, 130]).toContain((await worker.done).code);
  });
});

describe('without a model', () => {
  it('start says what is missing', async () => {
    const { code, stderr } = await home.run(['start', '--only', 'worker'], { env: { WISECRACK_MODEL: '/nowhere' } });
    expect(code).toBe(1);
    expect(stderr).toContain('WISECRACK_MODEL_NOT_FOUND');
  });
});
