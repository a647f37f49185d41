import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPersonas, parsePersona, problemText } from '../../personas/index.ts';
import { personaSchema } from '../../personas/schema.ts';
import { packageRoot } from '../../root.ts';

const text = (file: string) => readFileSync(join(packageRoot(), file), 'utf8');

describe('docs/personas.md', async () => {
  const { personas } = await loadPersonas(join(packageRoot(), 'personas'));
  const sections = text('docs/personas.md').split(/^## /m).slice(1);

  it('has a section for each persona', () => {
    expect(sections.map((section) => section.split('\n')[0]).sort()).toEqual(
      personas.map(({ id, name }) => `${name} (\`${id}\`)`).sort(),
    );
  });

  it.each(personas)('quotes of $id nothing but its own words', ({ name, examples, greeting, lines }) => {
    const section = sections.find((each) => each.startsWith(`${name} (`)) ?? '';
    const quotes = [...section.matchAll(/^> \*\*.+?\*\*: (.+)<br>\n> \*\*.+?\*\*: (.+)$/gm)];
    expect(quotes.length).toBeGreaterThanOrEqual(2);
    for (const [, user, reply] of quotes) expect(examples).toContainEqual({ user, reply });
    expect(section).toContain(`\n> ${greeting}\n`);
    expect(section).toContain(`breaks:_ ${lines.error[0]}\n`);
  });

  it.each(personas)('shows what a model said as $id, and how to hear it again', ({ id, name, examples }) => {
    const section = sections.find((each) => each.startsWith(`${name} (`)) ?? '';
    const [, asked, question, reply] =
      /^> `npx wisecrack ask --persona (\S+) --seed \d+ "(.+)"`<br>\n> (\S.*)$/m.exec(section) ?? [];
    expect(asked).toBe(id);
    expect(examples.map(({ user }) => user)).not.toContain(question);
    expect(examples.map(({ reply }) => reply)).not.toContain(reply);
  });
});

describe('personas/README.md', () => {
  const readme = text('personas/README.md');
  const blocks = [...readme.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replace(/^ {4}/gm, ''));
  const first = blocks.find((block) => block.includes('name: Ada')) ?? '';

  it('begins with a persona that is one', () => {
    expect(parsePersona('ada.yaml', first).problems.map(problemText)).toEqual([]);
  });

  it.each(['moods', 'lorebook', 'refusals', 'variants'])('shows %s as they can be written', (field) => {
    const block = blocks.find((each) => each.startsWith(`${field}:`));
    expect(block).toBeDefined();
    expect(parsePersona('ada.yaml', `${first}${block}`).problems.map(problemText)).toEqual([]);
  });

  it('explains every field', () => {
    for (const field of Object.keys(personaSchema.shape)) expect(readme).toMatch(new RegExp(`^\\| \`${field}\` `, 'm'));
  });
});
