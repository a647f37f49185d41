import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { reasonOf, WisecrackError } from '../errors.ts';
import { nearest } from '../personas/suggest.ts';
import { packageRoot } from '../root.ts';

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });
const isRedis = (url: string) => URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol);

/** Every setting, as it stands in the environment. .env.example explains each. */
export const settings = z.object({
  REDIS_URL: z.string().refine(isRedis, 'must be of the form redis://user:password@host:6379').optional(),
  WISECRACK_HOME: z.string().optional(),
  WISECRACK_MODEL: z.string().optional(),
  WISECRACK_PERSONAS: z.string().optional(),
  WISECRACK_PERSONA: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'must be the file name of a persona without its ending, e.g. guide')
    .default('guide'),
  WISECRACK_SEQUENCES: whole(1, 1024).default(8),
  WISECRACK_CONTEXT: whole(0, 131_072).default(0),
  WISECRACK_THREADS: whole(0, 1024).default(0),
  WISECRACK_DEVICE: oneOf(['auto', 'cpu', 'cuda']).default('auto'),
  WISECRACK_ACTIVATIONS: oneOf(['bf16', 'f32']).default('bf16'),
  WISECRACK_LOG: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_MESSAGE_CONTENT: oneOf(['true', 'false']).default('false'),
  TELEGRAM_TOKEN: z.string().optional(),
});

/** Settings whose value is shown to nobody, not even in a complaint about it. */
const secrets = ['REDIS_URL', 'DISCORD_TOKEN', 'TELEGRAM_TOKEN'];

/** The configuration, with defaults filled in and paths made absolute. */
export interface Config {
  redisUrl: string | undefined;
  home: string;
  model: string;
  /** Built-in ones first, then the operator's. */
  personaFolders: string[];
  persona: string;
  sequences: number;
  /** 0: what the model has. */
  context: number;
  /** 0: the engine's choice. */
  threads: number;
  device: 'auto' | 'cpu' | 'cuda';
  activations: 'bf16' | 'f32';
  logLevel: string;
  discordToken: string | undefined;
  /** Whether the operator has switched the privileged Message Content intent on. */
  discordMessageContent: boolean;
  telegramToken: string | undefined;
}

/**
 * Reads the configuration from the environment and from `.env` beside package.json; the environment wins. An empty value is
 * none. Paths in .env start there, those in the environment in the current folder.
 *
 * @throws WisecrackError WISECRACK_CONFIG_INVALID, which names everything that is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, file = readEnvFile()): Config {
  const values = Object.fromEntries(Object.entries({ ...file, ...env }).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(values);
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => {
      const name = String(path[0]);
      const value = secrets.includes(name) ? 'it' : JSON.stringify(values[name]);
      return { name, reason: `${value} ${message}` };
    }),
    ...misspelt(Object.keys(values)),
  ];
  if (!parsed.success || problems.length > 0) throw complaint(problems);
  const { data } = parsed;

  const pathOf = (name: keyof typeof data & string, fallback: string) => {
    const base = env[name] === undefined ? packageRoot() : process.cwd();
    return values[name] === undefined ? join(packageRoot(), fallback) : resolve(base, values[name]);
  };
  return {
    redisUrl: data.REDIS_URL,
    home: pathOf('WISECRACK_HOME', '.wisecrack'),
    model: pathOf('WISECRACK_MODEL', 'inference/pocket/model'),
    personaFolders: [
      join(packageRoot(), 'personas'),
      ...(data.WISECRACK_PERSONAS === undefined ? [] : [pathOf('WISECRACK_PERSONAS', '')]),
    ],
    persona: data.WISECRACK_PERSONA,
    sequences: data.WISECRACK_SEQUENCES,
    context: data.WISECRACK_CONTEXT,
    threads: data.WISECRACK_THREADS,
    device: data.WISECRACK_DEVICE,
    activations: data.WISECRACK_ACTIVATIONS,
    logLevel: data.WISECRACK_LOG,
    discordToken: data.DISCORD_TOKEN,
    discordMessageContent: data.DISCORD_MESSAGE_CONTENT === 'true',
    telegramToken: data.TELEGRAM_TOKEN,
  };
}

function readEnvFile(): NodeJS.Dict<string> {
  const file = join(packageRoot(), '.env');
  try {
    return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  } catch (error) {
    throw new WisecrackError('WISECRACK_CONFIG_INVALID', { name: '.env', reason: reasonOf(error) });
  }
}

/** A setting that is spelled almost right would be ignored in silence. Others that begin with WISECRACK_ may be somebody else's. */
function misspelt(names: string[]): { name: string; reason: string }[] {
  const tail = (name: string) => name.slice('WISECRACK'.length);
  const known = Object.keys(settings.shape);
  const ours = known.filter((name) => name.startsWith('WISECRACK_'));
  return names
    .filter((name) => name.startsWith('WISECRACK_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(tail(name), ours.map(tail));
      return meant === undefined ? [] : [{ name, reason: `it is not known; did you mean WISECRACK${meant}?` }];
    });
}

function complaint(problems: { name: string; reason: string }[]): WisecrackError {
  const [first, ...rest] = problems;
  const reason = [first?.reason, ...rest.map(({ name, reason }) => `The setting ${name} is wrong: ${reason}`)];
  return new WisecrackError('WISECRACK_CONFIG_INVALID', { name: first?.name ?? '', reason: reason.join('\n') });
}
