import { WisecrackError } from '../../errors.ts';
import { nameKey, type Persona } from '../../personas/index.ts';
import type { PersonaSource } from './chat.ts';

/**
 * Finds a persona by its id or by its name, however that is written: people type what they see.
 *
 * @throws WisecrackError WISECRACK_PERSONA_NOT_FOUND, which names those that exist.
 */
export function findPersona(personas: PersonaSource, name: string): Persona {
  if (personas.has(name)) return personas.get(name);
  const key = nameKey(name);
  const found = personas.personas.find((persona) => nameKey(persona.name) === key || nameKey(persona.id) === key);
  if (found) return found;
  const known = personas.personas.map((persona) => persona.id).join(', ') || 'none';
  throw new WisecrackError('WISECRACK_PERSONA_NOT_FOUND', { name: JSON.stringify(name), known });
}
