import { closesFence, type Fence, fenceOpenedBy } from './fences.ts';
import { rulesFor } from './rules.ts';

/** Code that goes as a file of its own. */
export interface CodeFile {
  readonly name: string;
  readonly text: string;
}

/** Code that is longer than so many messages is a file. */
const MESSAGES = 3;

/** What a file is called by the language of its fence; a language that is not here and looks like an ending is one. */
const endings: Record<string, string> = {
  javascript: 'js',
  typescript: 'ts',
  python: 'py',
  ruby: 'rb',
  rust: 'rs',
  golang: 'go',
  kotlin: 'kt',
  csharp: 'cs',
  'c#': 'cs',
  'c++': 'cpp',
  'objective-c': 'm',
  bash: 'sh',
  shell: 'sh',
  zsh: 'sh',
  powershell: 'ps1',
  markdown: 'md',
  haskell: 'hs',
  perl: 'pl',
  latex: 'tex',
  text: 'txt',
  plaintext: 'txt',
};

/** A text without its long blocks of code, each of which a line with the name of its file stands for. */
export function takeOutFiles(text: string, limit: number): { text: string; files: CodeFile[] } {
  const files: CodeFile[] = [];
  if (text.length <= MESSAGES * limit) return { text, files };
  const rules = rulesFor(limit);
  const lines = text.split('\n');
  const rest: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = fenceOpenedBy(line.replace(/\r$/, ''), rules);
    if (!fence) {
      rest.push(line);
      continue;
    }
    let end = at + 1;
    while (end < lines.length && !closesFence((lines[end] ?? '').replace(/\r$/, ''), fence)) end++;
    const code = lines.slice(at + 1, end).join('\n');
    if (code.length > MESSAGES * limit) {
      const name = nameOf(fence, files.length);
      files.push({ name, text: `${code}\n` });
      rest.push(`📄 \`${name}\``);
    } else rest.push(...lines.slice(at, end + 1));
    at = end;
  }
  return files.length === 0 ? { text, files } : { text: rest.join('\n'), files };
}

function nameOf({ language }: Fence, before: number): string {
  const said = language.toLowerCase();
  const ending = endings[said] ?? (/^[a-z0-9]{1,10}$/.test(said) ? said : 'txt');
  return `code${before === 0 ? '' : `-${before + 1}`}.${ending}`;
}
