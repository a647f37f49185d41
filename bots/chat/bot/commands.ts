import { WisecrackError } from '../../../errors.ts';
import { mayChange } from '../access/index.ts';
import type { Answer, BotCommand } from '../heard.ts';
import { findPersona } from '../personas.ts';
import { again } from './again.ts';
import type { AskOptions } from './ask.ts';
import { personaFor } from './ask.ts';
import { type Here, scopeOf } from './here.ts';
import { changeMood } from './mood.ts';
import { changeSetting } from './settings.ts';
import { maySpeak } from './voice.ts';

type Options = Readonly<Record<string, string>>;

/** Does what a command asks for, and says so to the one who gave it. */
export async function answerCommand(
  options: AskOptions,
  name: BotCommand,
  given: Options,
  here: Here,
): Promise<Answer> {
  const { queue } = options;
  const { say, at, speaker } = here;
  switch (name) {
    case 'help':
      return { text: say('botHelp', { name: options.personas.get(personaFor(options, here)).name }) };
    case 'persona':
      return persona(options, given, here);
    case 'mood':
      return changeMood(options, given, here);
    case 'settings':
      return changeSetting(options, given, here);
    case 'reset':
      await stopOwn(options, here);
      await queue.conversations.clear(at.conversation);
      return { text: say('forgotten') };
    case 'stop':
      return { text: say((await stopOwn(options, here)) ? 'stopped' : 'nothingToStop') };
    case 'retry':
    case 'continue': {
      const jobId = await queue.asked.latest(at.conversation, speaker.user);
      const asked = jobId === undefined ? undefined : await queue.asked.get(jobId);
      return asked ? again(options, here, asked, name) : { text: say('nothingToRepeat') };
    }
    case 'privacy':
      return privacy(options, given, here);
    case 'status':
      return status(options, here);
  }
}

async function stopOwn({ queue }: AskOptions, { at, speaker }: Here): Promise<boolean> {
  const jobId = await queue.asked.latest(at.conversation, speaker.user);
  return jobId !== undefined && (await queue.cancel(jobId)) !== 'finished';
}

async function persona(options: AskOptions, { name, scope = 'me' }: Options, here: Here): Promise<Answer> {
  const { queue, personas } = options;
  const { say, speaker, rules } = here;
  if (name === undefined) {
    const current = personaFor(options, here);
    const list = personas.personas
      .filter(({ id }) => maySpeak(personas, id, here))
      .map(({ id, name: called, description }) => `${id === current ? '▸' : '·'} **${called}**: ${description}`)
      .join('\n');
    return { text: list };
  }
  const target = scopeOf(scope, here);
  if (!target || !mayChange(rules, speaker, target)) return { text: say('mayNotChange') };
  try {
    const chosen = findPersona(personas, name);
    if (!maySpeak(personas, chosen.id, here)) return { text: say('adultsOnly', { name: chosen.name }) };
    await queue.rules.change(target, { persona: chosen.id }, speaker.user);
    return {
      text:
        scope === 'me'
          ? say('personaChanged', { name: chosen.name })
          : say('personaChangedIn', {
              name: chosen.name,
              scope: say(scope === 'channel' ? 'thisChannel' : 'thisServer'),
            }),
    };
  } catch (error) {
    if (!(error instanceof WisecrackError) || error.code !== 'WISECRACK_PERSONA_NOT_FOUND') throw error;
    return { text: say('noPersona', { name, known: personas.personas.map(({ id }) => id).join(', ') }) };
  }
}

async function privacy({ queue }: AskOptions, { action }: Options, { say, speaker, rules }: Here): Promise<Answer> {
  if (action === 'erase') {
    const { turns } = await queue.privacy.erase(speaker.user);
    return { text: say('erased', { count: turns }) };
  }
  const { turns, conversations } = await queue.privacy.describe(speaker.user);
  const kept = say('privacy', { days: rules.retentionDays, turns, conversations });
  return { text: rules.listen ? `${kept}\n${say('privacyListening')}` : kept };
}

async function status({ queue }: AskOptions, { say }: Here): Promise<Answer> {
  const [counts, beats] = await Promise.all([queue.counts(), queue.heartbeats.list()]);
  const workers = beats.filter(({ kind }) => kind === 'worker');
  if (workers.length === 0) return { text: say('noWorker') };
  const model = [...new Set(workers.map((worker) => worker.model ?? '?'))].join(', ');
  return {
    text: say('status', {
      model,
      workers: workers.length,
      waiting: counts.waiting + counts.delayed,
      active: counts.active,
    }),
  };
}
