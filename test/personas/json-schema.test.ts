import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadPersonas, personaJsonSchema } from '../../personas/index.ts';
import { packageRoot } from '../../root.ts';

const folder = join(packageRoot(), 'personas');

it('is what personas/persona.schema.json publishes', async () => {
  const text = `${JSON.stringify(personaJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../personas/persona.schema.json');
});

describe('an editor that knows it', async () => {
  const published = z.fromJSONSchema(JSON.parse(readFileSync(join(folder, 'persona.schema.json'), 'utf8')));
  const { personas } = await loadPersonas(folder);
  const read = (id: string) => readFileSync(join(folder, `${id}.yaml`), 'utf8');

  it.each(personas.map(({ id }) => id))('is told of it by %s, and finds no mistake there', (id) => {
    expect(read(id)).toMatch(/^# yaml-language-server: \$schema=persona\.schema\.json\n/);
    expect(published.safeParse(parse(read(id))).error?.issues).toBeUndefined();
  });

  it.each([
    ['a misspelt field', { greting: 'Hi' }],
    ['a wrong type', { examples: 'Hello' }],
    ['an unknown platform', { variants: [{ platform: 'irc', profile: 'x' }] }],
    ['a number that is out of range', { sampling: { temperature: 9 } }],
    ['a missing field', { lines: undefined }],
  ])('marks %s', (_, wrong) => {
    const fields = { ...parse(read('guide')), ...wrong };
    expect(published.safeParse(JSON.parse(JSON.stringify(fields))).success).toBe(false);
  });
});
