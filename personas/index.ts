/** The personas: the voices of the bot, read from YAML files. Imports nothing else of ours. */
export { personaJsonSchema } from './json-schema.ts';
export { type Occasion, pickGreeting, pickLine } from './lines.ts';
export { type Loaded, loadPersonas } from './loader.ts';
export { calledLore, constantLore } from './lore.ts';
export { type Cast, expandMacros } from './macros.ts';
export { mistake } from './mistakes.ts';
export { cleanName, nameKey } from './name.ts';
export { type Parsed, parsePersona } from './parse.ts';
export { compilePatterns, type Patterns } from './patterns.ts';
export { type Problem, problemAt, problemText } from './problem.ts';
export { moodsOf, resolvePersona, type Setting } from './resolve.ts';
export {
  type Exchange,
  type Language,
  type Lorebook,
  type LoreEntry,
  type Persona,
  type PersonaSampling,
  type Platform,
  personaSchema,
  type Refusals,
} from './schema.ts';
export { PersonaStore, watchPersonas } from './store.ts';
export { personaYaml } from './yaml.ts';
