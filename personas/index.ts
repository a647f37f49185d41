/** The personas: the voices of the bot, read from YAML files. Imports nothing else of ours. */
export { type Occasion, pickLine } from './lines.ts';
export { type Loaded, loadPersonas } from './loader.ts';
export { cleanName, nameKey } from './name.ts';
export { type Parsed, parsePersona } from './parse.ts';
export { type Problem, problemText } from './problem.ts';
export { type Language, type Persona, type PersonaSampling, personaSchema } from './schema.ts';
export { PersonaStore, watchPersonas } from './store.ts';
