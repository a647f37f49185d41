import { describe, expect, it } from 'vitest';
import { moodsOf, type Persona, parsePersona, problemText, resolvePersona } from '../../personas/index.ts';
import { personaYaml } from './example.ts';

function read(more: string): Persona {
  const { persona, problems } = parsePersona('bot.yaml', personaYaml() + more);
  if (!persona) throw new Error(problems.map(problemText).join('\n'));
  return persona;
}

const persona = read(`
moods:
  wild: { temperature: 1.4, dry: { base: 2 } }
  calm: { temperature: 0.4 }
sampling: { minP: 0.1 }
variants:
  - platform: telegram
    greeting: Telegram, then.
    lines: { busy: Telegram is slow. }
  - language: zh
    profile: "{{char}}是个测试。"
    examples: [{ user: "我是{{user}}", reply: "你好。" }]
    sampling: { temperature: 0.9 }
  - { platform: telegram, language: zh, greeting: 你好，电报。 }
`);

describe('resolvePersona', () => {
  it('is the persona itself where nothing changes it', () => {
    for (const setting of [
      {},
      { platform: 'discord' },
      { mood: 'sour' },
      { language: 'en' },
      { mood: 'toString' },
    ] as const)
      expect(resolvePersona(persona, setting)).toBe(persona);
  });

  it('lays variants over it in their order', () => {
    const zh = resolvePersona(persona, { platform: 'telegram', language: 'zh' });
    expect(zh).toMatchObject({
      ...{
        id: 'bot',
        name: 'Tester',
        language: 'zh',
        profile: 'Tester是个测试。',
        greeting: '你好，电报。',
        variants: [],
      },
      examples: [{ user: '我是朋友', reply: '你好。' }],
      lines: { busy: ['Telegram is slow.'], error: ['Oops.'] },
      sampling: { temperature: 0.9, minP: 0.1 },
    });
    expect(resolvePersona(persona, { platform: 'telegram' })).toMatchObject({
      ...{ language: 'en', greeting: 'Telegram, then.', profile: 'Tester is a test.' },
    });
  });

  it('changes with a mood only what the mood says', () => {
    const { sampling, ...rest } = resolvePersona(persona, { mood: 'wild' });
    expect(sampling).toEqual({ ...persona.sampling, temperature: 1.4, dry: { ...persona.sampling.dry, base: 2 } });
    const { sampling: _, ...before } = persona;
    expect(rest).toEqual({ ...before, variants: [] });
    expect(resolvePersona(persona, { language: 'zh', mood: 'calm' }).sampling.temperature).toBe(0.4);
    expect(moodsOf(persona)).toEqual(['wild', 'calm']);
  });

  it('gives the same object for the same setting, for windows are cached by it', () => {
    const setting = { platform: 'telegram', language: 'zh', mood: 'calm' } as const;
    expect(resolvePersona(persona, setting)).toBe(resolvePersona(persona, { ...setting }));
    expect(resolvePersona(persona, { language: 'zh' })).toBe(
      resolvePersona(persona, { language: 'zh', platform: 'discord' }),
    );
    expect(Object.isFrozen(resolvePersona(persona, setting).sampling)).toBe(true);
  });
});
