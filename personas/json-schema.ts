import { z } from 'zod';
import { personaSchema } from './schema.ts';

/**
 * The JSON Schema of a persona file, with which editors complete and check it while it is written. personas/persona.schema.json is this;
 * a test writes it anew ("npx vitest run test/personas/json-schema -u") and says when it is out of date.
 */
export function personaJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(personaSchema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // "default" would be whole groups, which say nothing to a reader.
      if (zodSchema._zod.def.type === 'prefault' || Array.isArray(jsonSchema.default)) delete jsonSchema.default;
    },
  });
  return {
    $schema,
    title: 'A persona of Wisecrack',
    description: 'personas/README.md explains each field.',
    ...schema,
  };
}
