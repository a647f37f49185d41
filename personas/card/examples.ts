import type { Exchange } from '../schema.ts';

const SILENCE = '...';

interface Spoken {
  readonly by: 'user' | 'char';
  readonly text: string;
}

/**
 * Reads `mes_example`: blocks that begin with a line `<START>`, in them lines `{{user}}: ...` and `{{char}}: ...`, each with the lines that
 * follow it. What one says in several turns is one; what the persona says unasked answers silence.
 *
 * @param name - the character's name, which some cards write instead of `{{char}}`.
 */
export function parseExamples(text: string, name: string): Exchange[] {
  const blocks = text.split(/^[^\S\n]*<START>[^\S\n]*$/im);
  return blocks.flatMap((block) => exchangesOf(spokenIn(block, name)));
}

/** {@link parseExamples} back, each exchange in a block of its own. */
export function printExamples(examples: readonly Exchange[]): string {
  return examples.map(({ user, reply }) => `<START>\n{{user}}: ${user}\n{{char}}: ${reply}`).join('\n');
}

function spokenIn(block: string, name: string): Spoken[] {
  const spoken: Spoken[] = [];
  for (const line of block.split('\n')) {
    const begun = speakerOf(line, name);
    const last = spoken.at(-1);
    if (begun && begun.by === last?.by) spoken[spoken.length - 1] = joined(last, begun.text);
    else if (begun) spoken.push(begun);
    // What stands before the first speaker is stage directions.
    else if (last) spoken[spoken.length - 1] = joined(last, line);
  }
  return spoken.map(({ by, text }) => ({ by, text: text.trim() })).filter(({ text }) => text !== '');
}

function joined({ by, text }: Spoken, line: string): Spoken {
  return { by, text: `${text}\n${line}` };
}

function speakerOf(line: string, name: string): Spoken | undefined {
  const macro = /^\s*(?:\{\{\s*(char|user)\s*\}\}|<(char|bot|user)>)\s*[:：] ?(.*)$/i.exec(line);
  if (macro) {
    const by = (macro[1] ?? macro[2] ?? '').toLowerCase() === 'user' ? 'user' : 'char';
    return { by, text: macro[3] ?? '' };
  }
  const start = line.trimStart();
  if (name === '' || !start.startsWith(name)) return undefined;
  const rest = /^\s*[:：] ?(.*)$/.exec(start.slice(name.length));
  return rest ? { by: 'char', text: rest[1] ?? '' } : undefined;
}

function exchangesOf(spoken: readonly Spoken[]): Exchange[] {
  const exchanges: Exchange[] = [];
  let asked: string | undefined;
  for (const { by, text } of spoken) {
    if (by === 'user') asked = text;
    else {
      exchanges.push({ user: asked ?? SILENCE, reply: text });
      asked = undefined;
    }
  }
  return exchanges;
}
