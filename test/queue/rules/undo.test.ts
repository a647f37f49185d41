import { expect, test } from 'vitest';
import { queue, useQueue } from '../fixtures/each.ts';

useQueue();

test('of many who undo the same change, one does', async () => {
  await queue.rules.change('all', { userPerMinute: 3 }, 'ann');
  const [change] = await queue.rules.audit();
  const undone = await Promise.all(Array.from({ length: 5 }, () => queue.rules.undo(change?.id ?? '', 'bob')));
  expect(undone.filter((it) => it === 'all')).toHaveLength(1);
  expect(undone.filter((it) => it === 'overtaken')).toHaveLength(4);
  expect(await queue.rules.read(['all'])).toEqual([{}]);
  expect(await queue.rules.audit()).toHaveLength(2);
});

test('an undo is undone', async () => {
  await queue.rules.change('all', { blockUsers: [], keywords: ['wit'] }, 'ann');
  for (const expected of [{}, { blockUsers: [], keywords: ['wit'] }, {}]) {
    const [last] = await queue.rules.audit({ last: 1 });
    expect(await queue.rules.undo(last?.id ?? '', 'ann')).toBe('all');
    expect(await queue.rules.read(['all'])).toEqual([expected]);
  }
});

test('the workers’ pause is what the rules say', async () => {
  await queue.rules.change('all', { paused: true }, 'ann');
  expect(await queue.bull.isPaused()).toBe(true);
  await queue.bull.resume();
  await queue.rules.applyPause();
  expect(await queue.bull.isPaused()).toBe(true);
  await queue.rules.change('all', { paused: null }, 'ann');
  expect(await queue.bull.isPaused()).toBe(false);
});
