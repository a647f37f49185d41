import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WisecrackError } from '../../errors.ts';
import type { Handler, Queue } from '../../queue/index.ts';
import { counting, until } from '../queue/fixtures/messages.ts';
import { Home } from './fixtures/command.ts';
import { startScripted } from './fixtures/scripted.ts';

const home = new Home();
let queue: Queue;
let close: () => Promise<void>;

/** What the questions of these tests want. */
const handle: Handler = async (job, context) => {
  const turns = await context.conversation.read();
  const text = turns.find(({ id }) => id === job.turnId)?.text ?? '';
  context.start({ model: 'scripted', promptTokens: 7 });
  // It takes longer than anybody waits for its end: only who stops it sees one.
  if (text === 'count') return counting(10_000, 20)(job, context);
  if (text === 'fail') throw new WisecrackError('WISECRACK_OUT_OF_MEMORY', { reason: 'the script says so' });
  const reply = text === 'evil' ? '\x1b[31mred\x07' : `${job.persona} ${job.seed} ${turns.length} ${text}`;
  await context.publish(reply, [1, 2, 3]);
  return { finish: 'stop', text: reply };
};

beforeAll(async () => {
  await home.run(['build']);
  ({ queue, close } = await startScripted(home.folder, handle));
}, 300_000);

afterAll(async () => {
  await close();
  await home.close();
});

describe('ask', () => {
  it('prints the reply of a worker that runs already', async () => {
    const { code, stdout, stderr } = await home.run(['ask', '--persona', 'brine', '--seed', '7', 'what is', 'this?']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'pirate 7 1 what is this?\n', stderr: '' });
  });

  it('reads the question from a pipe, and begins a conversation each time', async () => {
    const { stdout } = await home.run(['ask', '--seed', '1', '-'], { input: 'piped in' });
    expect(stdout).toBe('guide 1 1 piped in\n');
  });

  it('prints one JSON object on one line, and nothing else', async () => {
    const { code, stdout } = await home.run(['ask', '--json', '--seed', '1', 'hi']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[^\n]+\n$/);
    const object = JSON.parse(stdout);
    expect(Object.keys(object)).toEqual(
      ['reply', 'persona', 'model', 'promptTokens', 'replyTokens', 'waitMs', 'firstTokenMs', 'totalMs'].concat([
        'tokensPerSecond',
        'finish',
      ]),
    );
    const known = { reply: 'guide 1 1 hi', persona: 'guide', model: 'scripted', promptTokens: 7, replyTokens: 3 };
    expect(object).toMatchObject({ ...known, finish: 'stop' });
  });

  it('passes no escape sequence on', async () => {
    expect((await home.run(['ask', 'evil'])).stdout).toBe('[31mred\n');
  });

  it('exits with 1, the apology, the code and the mend when the reply failed', async () => {
    const { code, stdout, stderr } = await home.run(['ask', 'fail']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/So sorry\.\nWISECRACK_OUT_OF_MEMORY: .*the script says so\nLower WISECRACK_SEQUENCES/);
  });

  it.each([
    ['', 'it is empty'],
    ['x'.repeat(16_001), '16001 characters'],
  ])('refuses a question that is none', async (text, reason) => {
    const { code, stdout, stderr } = await home.run(['ask', text]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it('names the personas there are when one is not', async () => {
    const { code, stderr } = await home.run(['ask', '--persona', 'nobody', 'hi']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no persona called "nobody"\n.*butler.*pirate/);
  });

  it('is stopped by Ctrl-C, and the reply with it', async () => {
    const command = home.start(['ask', 'count']);
    await command.says('w3 ');
    command.child.kill('SIGINT');
    expect((await command.done).code).toBe(130);
    await until(async () => (await queue.counts()).active === 0);
  });

  it('ends in silence when nobody reads on', async () => {
    const command = home.start(['ask', 'count']);
    await command.says('w3 ');
    command.child.stdout.destroy();
    const { code, stderr } = await command.done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('chat', () => {
  it('answers what is piped in, in one conversation that the home keeps', async () => {
    const first = await home.run(['chat'], { input: '/persona butler\none\ntwo\n' });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/talking to you\.\nPemberton: butler \d+ 1 one\nPemberton: butler \d+ 3 two\n$/);
    const second = await home.run(['chat'], { input: 'three' });
    expect(second.stdout).toMatch(/^Pemberton: butler \d+ 5 three\n$/);
    const third = await home.run(['chat'], { input: '/reset\nfour', env: { LANG: 'zh_CN.UTF-8', LC_ALL: '' } });
    expect(third.stdout).toMatch(/忘了.*\nPemberton: butler \d+ 1 four\n$/);
  });
});

describe('the log', () => {
  it('is in the home, and no secret is in it', async () => {
    const { code, stderr } = await home.run(['ask', 'hi'], { env: { DISCORD_TOKEN: 'hunter2' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const file = join(home.folder, 'wisecrack.log');
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
  });
});
