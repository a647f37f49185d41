import type { Random } from './random.ts';

/** Who asks in the training windows. In a real chat names are arbitrary, so the model must not care. */
const handles = [
  ...[
    'You',
    'Someone',
    'User',
    'Anna',
    'Ben',
    'Chris',
    'Dana',
    'Eli',
    'Max',
    'Mia',
    'Noah',
    'Sara',
    'Tim',
    'Lena',
    'Amir',
  ],
  ...[
    'root',
    'admin',
    'dev',
    'pixel',
    'night owl',
    'xX_storm_Xx',
    'user123',
    'mr_bean_counter',
    'koala',
    'zed',
    'lil mouse',
  ],
  ...['小明', '小红', '阿强', '丽丽', '大伟', '张三', '李雷', '同学', '路人甲', '某人', '王小姐', '豆豆'],
  ...['Moritz', 'Chiara', 'Jean-Luc', 'Bjorn', 'Aoife', 'Pavel', 'Yuki', 'Fatima', 'Diego', 'Nour', 'Ola', 'Kofi'],
];

/** Names that a persona may have besides its own, so that profile and examples decide the voice, not the name alone. */
const aliases = [
  'Gizmo',
  'Archie',
  'Beacon',
  'Orbit',
  'Quill',
  'Rusty',
  'Sable',
  'Tempo',
  'Wren',
  'Ziggy',
  'Otto',
  'Pip',
];

export const someName = (random: Random): string => random.pick(handles);
export const someAlias = (random: Random): string => random.pick(aliases);

/** Writes a question as people do in chats: other case, punctuation dropped, a greeting before it, a letter wrong now and then. */
export function asTyped(question: string, persona: string, random: Random): string {
  let text = question;
  const chinese = /\p{Script=Han}/u.test(text);
  if (random.chance(0.3)) text = text.replace(/[?!.？！。]+$/u, '');
  else if (random.chance(0.15)) text = `${text.replace(/[?!.？！。]+$/u, '')}${chinese ? '？' : '?'}`;
  if (!chinese) {
    if (random.chance(0.45)) text = text.charAt(0).toUpperCase() + text.slice(1);
    else if (random.chance(0.2)) text = text.toLowerCase();
    else if (random.chance(0.03)) text = text.toUpperCase();
    if (random.chance(0.08)) text = typo(text, random);
    if (random.chance(0.05)) text = `${random.pick(['hey', 'so', 'ok', 'um', 'well', 'please', 'hi'])}, ${text}`;
  }
  if (random.chance(0.08)) text = `${persona}${chinese ? '，' : random.pick([', ', ' '])}${text}`;
  return text;
}

function typo(text: string, random: Random): string {
  const at = 1 + random.below(Math.max(1, text.length - 2));
  const kind = random.below(3);
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 1) return text.slice(0, at) + text.charAt(at) + text.slice(at);
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}
