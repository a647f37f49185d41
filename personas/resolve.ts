import { freeze } from './freeze.ts';
import type { Language, Persona, PersonaSampling, Platform, SamplingChange } from './schema.ts';

/** Where and how a persona speaks. */
export interface Setting {
  readonly platform?: Platform | undefined;
  /** The language of the chat. A persona that has no variant for it speaks its own. */
  readonly language?: Language | undefined;
  /** One of the persona's moods; one that it does not have changes nothing. */
  readonly mood?: string | undefined;
}

/** A resolved persona is the key under which windows are cached: the same setting must give the same object. */
const known = new WeakMap<Persona, Map<string, Persona>>();

/**
 * The persona as it is in a setting: its variants laid over it in their order, then the mood. Resolving the result again changes no text.
 *
 * @returns the persona itself when nothing changes it; for the same arguments always the same object.
 */
export function resolvePersona(persona: Persona, setting: Setting = {}): Persona {
  const ofPersona = known.get(persona) ?? new Map<string, Persona>();
  known.set(persona, ofPersona);
  const matching = persona.variants.filter(
    ({ platform, language }) =>
      (platform === undefined || platform === setting.platform) &&
      (language === undefined || language === (setting.language ?? persona.language)),
  );
  const change = moodOf(persona, setting.mood);
  const key = JSON.stringify([matching.map((each) => persona.variants.indexOf(each)), change && setting.mood]);
  const resolved = ofPersona.get(key) ?? apply(persona, matching, change);
  ofPersona.set(key, resolved);
  return resolved;
}

/** The names of a persona's moods. */
export function moodsOf(persona: Pick<Persona, 'moods'>): readonly string[] {
  return Object.keys(persona.moods);
}

function moodOf(persona: Persona, mood: string | undefined): SamplingChange | undefined {
  return mood !== undefined && Object.hasOwn(persona.moods, mood) ? persona.moods[mood] : undefined;
}

function apply(persona: Persona, variants: Persona['variants'], mood: SamplingChange | undefined): Persona {
  if (variants.length === 0 && mood === undefined) return persona;
  let whole: Persona = { ...persona, variants: [] };
  for (const { platform: _, language, lines, sampling, ...rest } of variants) {
    whole = {
      ...whole,
      ...given(rest),
      language: language ?? whole.language,
      lines: { ...whole.lines, ...given(lines ?? {}) },
      sampling: changed(whole.sampling, sampling ?? {}),
    };
  }
  return freeze({ ...whole, sampling: changed(whole.sampling, mood ?? {}) });
}

function changed(sampling: PersonaSampling, { dry, ...rest }: SamplingChange): PersonaSampling {
  return { ...sampling, ...given(rest), dry: { ...sampling.dry, ...given(dry ?? {}) } };
}

/** Only what is set: a key that holds undefined must not hide the value below it. */
function given<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as never;
}
