import { expect, it } from 'vitest';
import { layOut, type WindowTurn } from '../../../inference/context/index.ts';
import { logWindow } from '../../../inference/worker/window-log.ts';
import type { Turn } from '../../../queue/index.ts';
import { persona } from '../context/arbitraries.ts';
import { byteTokenizer as tokenizer } from '../context/fake-tokenizer.ts';

const turn = (id: string, role: Turn['role'], text: string): Turn => ({
  ...{ id, role, author: { id: 'test:ann', name: 'Ann' }, text, at: 0 },
});
const long = 'and so on '.repeat(60);

/** What is logged for the last of these turns. */
function logged(turns: Turn[]): object[] {
  const lines: object[] = [];
  const seen = turns.map(
    ({ role, text }): WindowTurn => ({ role, author: role, name: role === 'user' ? 'Ann' : persona.name, text }),
  );
  const window = layOut({ persona, turns: seen, tokenizer, context: 8192 });
  const log = { info: (fields: object, said: string) => void lines.push({ ...fields, said }), warn: () => {} };
  logWindow(log, { trace: 't', id: 'job' }, window, turns);
  return lines;
}

it('says which turns left the window and why, once, in ids and without a word of theirs', () => {
  const turns: Turn[] = [];
  const told: object[] = [];
  for (let at = 0; at < 20; at++) {
    turns.push(turn(`q${at}`, 'user', long));
    told.push(...logged(turns));
    turns.push(turn(`a${at}`, 'persona', long));
  }
  expect(told.length).toBeGreaterThan(2);
  expect(told[0]).toEqual({
    ...{ trace: 't', job: 'job', said: 'turns left the window' },
    ...{
      turns: expect.arrayContaining(['q0', 'a0']),
      reason: expect.stringMatching(/^\d+ tokens, there is room for \d+$/),
    },
  });
  const gone = told.flatMap((line) => (line as { turns: string[] }).turns);
  expect(new Set(gone).size).toBe(gone.length);
  expect(JSON.stringify(told)).not.toContain('and so on');
});

it('says which long messages lost their middle, as long as they are new', () => {
  const pasted = turn('q', 'user', 'x'.repeat(20_000));
  expect(logged([pasted])).toEqual([{ trace: 't', job: 'job', turns: ['q'], said: 'long messages lost their middle' }]);
  expect(logged([pasted, turn('a', 'persona', 'Hm.'), turn('r', 'user', 'so?')])).toEqual([]);
  expect(logged([turn('s', 'user', 'hi')])).toEqual([]);
});
