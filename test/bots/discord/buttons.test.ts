import { ButtonStyle } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Button } from '../../../bots/chat/surface.ts';
import { buttonId, buttonRows, readButtonId } from '../../../bots/discord/buttons.ts';

const buttons: Button[] = ['stop', 'retry', 'continue', 'up', 'down'];

describe('buttons', () => {
  it('say in their id all there is to know', () => {
    fc.assert(
      fc.property(fc.constantFrom(...buttons), fc.string({ minLength: 1 }), (button, jobId) => {
        expect(readButtonId(buttonId(button, jobId))).toEqual({ button, jobId });
      }),
    );
  });

  it.each(['', 'w:stop:', 'w:stop', 'w:boom:discord:1', 'x:stop:discord:1', 'w:toString:discord:1', 'who:12'])(
    'are not taken for %j',
    (id) => {
      expect(readButtonId(id)).toBeUndefined();
    },
  );

  it('stand in one row, in the language of the place', () => {
    const [row, ...more] = buttonRows({ buttons, jobId: 'discord:1' }, 'zh');
    expect(more).toEqual([]);
    expect(row?.components.map(({ custom_id }) => custom_id)).toEqual(buttons.map((one) => `w:${one}:discord:1`));
    expect(row?.components[0]).toMatchObject({ label: '停止', style: ButtonStyle.Danger });
    expect(row?.components[3]).toMatchObject({ emoji: { name: '👍' } });
  });

  it('go away when there are none, and when they do not fit', () => {
    expect(buttonRows({ buttons: [], jobId: 'discord:1' }, 'en')).toEqual([]);
    expect(buttonRows({ buttons, jobId: 'x'.repeat(97) }, 'en')).toEqual([]);
  });
});
