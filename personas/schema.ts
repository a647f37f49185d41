/** What a persona file may say: personas/schema/ holds the parts. */
export type { Lorebook, LoreEntry } from './schema/lorebook.ts';
export {
  type Exchange,
  type Language,
  type Persona,
  type PersonaData,
  type PersonaSampling,
  type Platform,
  personaSchema,
  type SamplingChange,
} from './schema/persona.ts';
export type { Refusals } from './schema/refusals.ts';
