import { type Persona, type Platform, resolvePersona } from '../../personas/index.ts';
import type { Job } from '../../queue/index.ts';
import type { Personas } from './turns.ts';

/** The persona as it is where the job comes from, in the mood that holds there. */
export function personaOf({ persona, platform, locale, mood }: Job, personas: Personas): Persona {
  const language = locale === undefined ? undefined : /^zh\b/i.test(locale) ? 'zh' : 'en';
  return resolvePersona(personas.get(persona), { platform: platform as Platform, language, mood });
}
