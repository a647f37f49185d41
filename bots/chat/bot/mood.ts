import { mayChange } from '../access/index.ts';
import type { Answer } from '../heard.ts';
import { readMood } from '../moods.ts';
import { type AskOptions, personaFor } from './ask.ts';
import { type Here, scopeOf } from './here.ts';

/** Shows or changes the mood of whoever answers here: for a person, a channel or a server. */
export async function changeMood(
  options: AskOptions,
  { name, scope = 'me' }: Readonly<Record<string, string>>,
  here: Here,
): Promise<Answer> {
  const { say, rules, speaker } = here;
  const persona = options.personas.get(personaFor(options, here));
  const { text, mood } = readMood(persona, name, rules.mood, say);
  if (mood === undefined) return { text };
  const target = scopeOf(scope, here);
  if (!target || !mayChange(rules, speaker, target)) return { text: say('mayNotChange') };
  await options.queue.rules.change(target, { mood }, speaker.user);
  return { text };
}
