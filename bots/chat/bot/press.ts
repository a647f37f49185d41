import { mayChange } from '../access/index.ts';
import type { Answer } from '../heard.ts';
import type { Button } from '../surface.ts';
import { again } from './again.ts';
import type { AskOptions } from './ask.ts';
import type { Here } from './here.ts';

/** What a button does. All but the thumbs belong to the person who asked, and to those who look after the place. */
export async function pressed(options: AskOptions, button: Button, jobId: string, here: Here): Promise<Answer> {
  const { queue } = options;
  const { say, speaker, rules, at } = here;
  const asked = await queue.asked.get(jobId);
  if (button === 'up' || button === 'down') {
    const counted = await queue.feedback.vote(jobId, speaker.user, button === 'up' ? 1 : -1);
    return { text: say(counted ? 'thanks' : 'nothingToRepeat') };
  }
  if (!asked) return { text: say('nothingToRepeat') };
  const looksAfter =
    mayChange(rules, speaker, `channel:${speaker.channels[0]}`) ||
    (at.direct && asked.conversation === at.conversation);
  if (asked.author !== speaker.user && !looksAfter) return { text: say('notYours') };
  if (button !== 'stop') return again(options, here, asked, button);
  const met = await queue.cancel(jobId);
  return met === 'finished' ? { text: say('nothingToStop') } : {};
}
