import { reasonOf, WisecrackError } from '../../../errors.ts';
import type { Queue, Rules, Scope, SettingsPatch } from '../../../queue/index.ts';
import { mayChange } from '../access/index.ts';
import type { Answer } from '../heard.ts';
import type { AskOptions } from './ask.ts';
import { type Here, scopeOf } from './here.ts';

type Options = Readonly<Record<string, string>>;
type SettingsOptions = Pick<AskOptions, 'queue' | 'hearsAll'>;
type ListName = `${'allow' | 'block'}${'Users' | 'Roles' | 'Channels'}` | 'answerAll';

/** Shows or changes the settings of a channel or a server, as `/settings` asks for it. */
export async function changeSetting(
  { queue, hearsAll }: SettingsOptions,
  options: Options,
  here: Here,
): Promise<Answer> {
  const { say, speaker, rules } = here;
  const { key = 'show', scope = speaker.server === undefined ? 'channel' : 'server' } = options;
  const isDeaf = hearsAll !== undefined && !hearsAll();
  if (key === 'show') {
    const now = say('settingsNow', { list: listOf(rules) });
    return { text: rules.listen && isDeaf ? `${now}\n${say('cannotListen')}` : now };
  }
  const target = scopeOf(scope, here);
  if (!target || !mayChange(rules, speaker, target)) return { text: say('mayNotChange') };
  // In private everybody manages the place, and nobody knows how old they are.
  if (key === 'nsfw' && here.at.direct && !rules.operators.includes(speaker.user)) return { text: say('mayNotChange') };
  try {
    const patch = await patchOf(queue, key, options, here, target);
    if (!patch) return { text: say('settingInvalid', { setting: key, reason: options.value ?? '?' }) };
    const after = await queue.rules.change(target, patch, speaker.user);
    const [name] = Object.keys(patch) as (keyof typeof after)[];
    const value = name === undefined ? undefined : after[name];
    const changed = say('settingChanged', { setting: key, value: shown(value) });
    return { text: name === 'listen' && value === true && isDeaf ? `${changed}\n${say('cannotListen')}` : changed };
  } catch (error) {
    if (!(error instanceof WisecrackError) || error.code !== 'WISECRACK_RULE_INVALID') throw error;
    return { text: say('settingInvalid', { setting: key, reason: reasonOf(error) }) };
  }
}

async function patchOf(
  queue: Queue,
  key: string,
  { value = '', ...options }: Options,
  here: Here,
  target: Scope,
): Promise<SettingsPatch | undefined> {
  const isOn = value === 'true' || value === 'on' || value === 'yes';
  switch (key) {
    case 'persona':
      return { persona: value };
    case 'second-question':
      return value === 'queue' || value === 'interrupt' ? { secondQuestion: value } : undefined;
    case 'keywords':
      return { keywords: wordsIn(value) };
    case 'blocked-input':
      return { blockedInput: wordsIn(value) };
    case 'blocked-output':
      return { blockedOutput: wordsIn(value) };
    case 'listen':
      return { listen: isOn };
    case 'nsfw':
      return { nsfw: isOn };
    case 'bots':
      return { bots: isOn ? 'allow' : 'ignore' };
    case 'retention':
      return { retentionDays: Number(value) };
    case 'webhook-identity':
      return { webhookIdentity: isOn };
    case 'answer-all':
      return listed(queue, target, 'answerAll', here.speaker.channels[0] ?? '', isOn);
    case 'block':
    case 'allow': {
      const [kind, id] = named(options);
      if (kind === undefined || id === undefined) return undefined;
      const platform = here.speaker.user.split(':', 1)[0];
      return listed(queue, target, `${key}${kind}`, `${platform}:${id}`, options.remove !== 'true');
    }
  }
  return undefined;
}

const wordsIn = (value: string) =>
  value
    .split(/[,，、]/)
    .map((word) => word.trim())
    .filter(Boolean);

function named({ user, role, channel }: Options): ['Users' | 'Roles' | 'Channels', string] | [undefined, undefined] {
  if (user !== undefined) return ['Users', user];
  if (role !== undefined) return ['Roles', role];
  return channel === undefined ? [undefined, undefined] : ['Channels', channel];
}

/** A list of the scope with one more or one less on it. */
async function listed(queue: Queue, target: Scope, name: ListName, id: string, on: boolean): Promise<SettingsPatch> {
  const [settings] = await queue.rules.read([target]);
  const others = (settings?.[name] ?? []).filter((each) => each !== id);
  return { [name]: on ? [...others, id] : others };
}

/** Blocked words are counted only: whoever reads this may be the one they are meant for. */
function listOf({ blocked: { input, output }, ...rules }: Rules): string {
  return Object.entries({ ...rules, blockedInput: input.length, blockedOutput: output.length })
    .filter(([name]) => name !== 'operators')
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join('\n');
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(shown).join(', ');
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).filter(([, part]) => !Array.isArray(part) || part.length > 0);
    return parts.length === 0 ? '-' : parts.map(([name, part]) => `${name} ${shown(part)}`).join('; ');
  }
  return value === undefined ? '-' : String(value);
}
