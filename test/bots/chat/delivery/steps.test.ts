import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nonceOf } from '../../../../bots/chat/delivery/record.ts';
import { kindOf, nextStep, type Part } from '../../../../bots/chat/delivery/steps.ts';
import { fingerprint, type Wanted } from '../../../../bots/chat/delivery/view.ts';

const want = (text: string, { final = false, buttons = [] as ('stop' | 'retry')[] } = {}): Wanted => ({
  view: { text, buttons, jobId: 'test:1' },
  final,
});
const part = (more: Partial<Part> = {}): Part => ({ nonce: 'n', generation: 0, recorded: true, doubt: false, ...more });
const showing = (wanted: Wanted, message = 'm') => part({ message, shown: fingerprint(wanted.view) });

test('parts are sent and changed in the order in which they are read', () => {
  const [a, b] = [want('a', { final: true }), want('b', { buttons: ['stop'] })];
  expect(nextStep([], [a, b], false)).toMatchObject({ type: 'send', index: 0 });
  expect(nextStep([part({ message: 'm', shown: 'old' })], [a, b], false)).toMatchObject({ type: 'edit', index: 0 });
  expect(nextStep([showing(a)], [a, b], false)).toMatchObject({ type: 'send', index: 1 });
  expect(nextStep([showing(a), showing(b)], [a, b], false)).toBeUndefined();
});

test('what is settled is left alone after a restart, and what is not sure is shown again', () => {
  const a = want('a', { final: true });
  expect(nextStep([part({ message: 'm', settled: fingerprint(a.view) })], [a], true)).toBeUndefined();
  expect(nextStep([part({ message: 'm' })], [a], true)).toMatchObject({ type: 'edit', index: 0 });
});

test('nothing is removed while the text may still grow back to it', () => {
  expect(nextStep([showing(want('a')), part({ message: 'n' })], [want('a')], false)).toBeUndefined();
  expect(nextStep([showing(want('a')), part({ message: 'n' })], [want('a')], true)).toEqual({
    type: 'remove',
    index: 1,
  });
  expect(nextStep([part({ gone: true })], [want('a')], true)).toBeUndefined();
});

test('only more text of the last part can be left out', () => {
  const step = (wanted: Wanted) => ({ type: 'edit', index: 0, wanted }) as const;
  expect(kindOf(step(want('a')), false)).toBe('frame');
  expect(kindOf(step(want('a', { final: true })), false)).toBe('must');
  expect(kindOf(step(want('a')), true)).toBe('must');
  expect(kindOf({ type: 'send', index: 0, wanted: want('a') }, false)).toBe('must');
});

test('step after step comes to what is wanted, wherever it begins', () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 5 });
  const state = fc.array(fc.record({ message: fc.boolean(), old: fc.boolean(), gone: fc.boolean() }), { maxLength: 5 });
  fc.assert(
    fc.property(texts, state, (wantedTexts, states) => {
      const wanted = wantedTexts.map((text) => want(text, { final: true }));
      const parts: (Part | undefined)[] = states.map(({ message, old, gone }) =>
        part({ ...(message && { message: 'm' }), ...(old && { old: 'o' }), ...(gone && { gone, message: 'm' }) }),
      );
      let steps = 0;
      for (let step = nextStep(parts, wanted, true); step; step = nextStep(parts, wanted, true)) {
        expect(++steps).toBeLessThan(20);
        if (step.type === 'send' || step.type === 'edit') {
          parts[step.index] = { ...part(), ...parts[step.index], ...showing(step.wanted) };
        } else if (step.type === 'clear') delete parts[step.index]?.old;
        else parts[step.index] = undefined;
      }
      for (const [index, { view }] of wanted.entries()) {
        expect(parts[index]?.gone || parts[index]?.shown === fingerprint(view)).toBe(true);
      }
    }),
  );
});

test('nonces are short, the same each time, and all different', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat(50), fc.nat(5), (id, index, generation) => {
      const nonce = nonceOf(`discord:${id}`, index, generation);
      expect(nonce).toMatch(/^[\w-]{1,25}$/);
      expect(nonceOf(`discord:${id}`, index, generation)).toBe(nonce);
      expect(nonceOf(`discord:${id}`, index + 1, generation)).not.toBe(nonce);
      expect(nonceOf(`discord:${id}`, index, generation + 1)).not.toBe(nonce);
      expect(nonceOf(`discord:${id}x`, index, generation)).not.toBe(nonce);
    }),
  );
});
