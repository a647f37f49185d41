import { expect, it } from 'vitest';
import { personaJsonSchema } from '../../personas/index.ts';

it('is what personas/persona.schema.json publishes', async () => {
  const text = `${JSON.stringify(personaJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../personas/persona.schema.json');
});
