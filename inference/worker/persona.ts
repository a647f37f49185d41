import { WisecrackError } from '../../errors.ts';
import { type Persona, type Platform, personaSchema, resolvePersona } from '../../personas/index.ts';
import type { Job } from '../../queue/index.ts';
import type { Personas } from './turns.ts';

/** The persona as it is where the job comes from, in the mood that holds there. */
export function personaOf({ persona, draft, platform, locale, mood }: Job, personas: Personas): Persona {
  const language = locale === undefined ? undefined : /^zh\b/i.test(locale) ? 'zh' : 'en';
  const whole = draft === undefined ? personas.get(persona) : tried(persona, draft);
  return resolvePersona(whole, { platform: platform as Platform, language, mood });
}

/** A persona that is only tried, from the job itself. @throws WisecrackError WISECRACK_PERSONA_INVALID */
function tried(id: string, draft: Record<string, unknown>): Persona {
  const parsed = personaSchema.safeParse(draft);
  if (parsed.success) return { id, ...parsed.data };
  throw new WisecrackError('WISECRACK_PERSONA_INVALID', { problems: parsed.error.message });
}
