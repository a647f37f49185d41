import type { Rules } from '../../../queue/index.ts';
import type { PersonaSource } from '../chat.ts';
import type { Whereabouts } from '../heard.ts';

/** Where somebody speaks, as far as it decides who may answer there. */
export interface Company {
  readonly rules: Pick<Rules, 'nsfw'>;
  readonly at: Pick<Whereabouts, 'adult'>;
}

/** Whether a persona may speak here: one for adults only where it is switched on, and the platform does not say otherwise. */
export function maySpeak(personas: PersonaSource, id: string, { rules, at }: Company): boolean {
  if (!personas.has(id)) return false;
  return !personas.get(id).nsfw || (rules.nsfw && at.adult !== false);
}
