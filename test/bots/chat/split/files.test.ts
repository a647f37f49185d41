import { describe, expect, it } from 'vitest';
import { takeOutFiles } from '../../../../bots/chat/split/index.ts';

const code = (length: number) => 'x = 1;\n'.repeat(Math.ceil(length / 7)).trimEnd();
const fenced = (language: string, body: string) => `\`\`\`${language}\n${body}\n\`\`\``;

describe('code in a text', () => {
  it('stays where it fits into three messages', () => {
    const text = `${'word '.repeat(100)}\n${fenced('ts', code(290))}\nso`;
    expect(takeOutFiles(text, 100)).toEqual({ text, files: [] });
  });

  it('is a file where it does not, and a line stands for it', () => {
    const body = code(400);
    const { text, files } = takeOutFiles(`Look:\n${fenced('python', body)}\nDone.`, 100);
    expect(text).toBe('Look:\n📄 `code.py`\nDone.');
    expect(files).toEqual([{ name: 'code.py', text: `${body}\n` }]);
  });

  it('is a file as soon as it is too long, though it still grows', () => {
    expect(takeOutFiles(`Look:\n\`\`\`rust\n${code(400)}`, 100)).toMatchObject({
      text: 'Look:\n📄 `code.rs`',
      files: [{ name: 'code.rs' }],
    });
  });

  it.each([
    ['javascript', 'code.js'],
    ['C++', 'code.cpp'],
    ['sql', 'code.sql'],
    ['', 'code.txt'],
    ['../../etc', 'code.txt'],
  ])('of the language %j is called %s', (language, name) => {
    expect(takeOutFiles(fenced(language, code(400)), 100).files[0]?.name).toBe(name);
  });

  it('of two blocks is two files, and a short one between them stays', () => {
    const short = fenced('sh', 'ls');
    const long = fenced('go', code(400));
    const { text, files } = takeOutFiles([long, short, long].join('\n'), 100);
    expect(text).toBe(`📄 \`code.go\`\n${short}\n📄 \`code-2.go\``);
    expect(files.map(({ name }) => name)).toEqual(['code.go', 'code-2.go']);
  });
});
