import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { reasonOf, WisecrackError } from '../errors.ts';
import { KINDS, type Kind } from '../inference/engine/remote/kind.ts';
import { PERSONA_ID } from '../personas/id.ts';
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
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));
/** Passwords in an address would be logged with it. */
const isServer = (url: string) =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !/[@?#]/.test(url.replace(/^https?:/, ''));
const isRedis = (url: string) => URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol);
const isSite = (url: string) =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).origin === url.replace(/\/$/, '');

const addresses = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter(Boolean))
  .refine((urls) => urls.every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)), {
    message: 'must be web addresses, with commas between them',
  });

/** Every setting, as it stands in the environment. .env.example explains each. */
export const settings = z.object({
  REDIS_URL: z.string().refine(isRedis, 'must be of the form redis://user:password@host:6379').optional(),
  WISECRACK_HOME: z.string().optional(),
  WISECRACK_MODEL: z.string().optional(),
  WISECRACK_PERSONAS: z.string().optional(),
  WISECRACK_PERSONA: z
    .string()
    .regex(PERSONA_ID, 'must be the file name of a persona without its ending, e.g. guide')
    .default('guide'),
  WISECRACK_SEQUENCES: whole(1, 1024).default(8),
  WISECRACK_CONTEXT: whole(0, 131_072).default(0),
  WISECRACK_KV_MIB: whole(0, 100_000_000).default(0),
  WISECRACK_THREADS: whole(0, 1024).default(0),
  WISECRACK_DEVICE: oneOf(['auto', 'cpu', 'cuda']).default('auto'),
  WISECRACK_SHARDS: oneOf(['1', '2', '4', '8']).default('1'),
  WISECRACK_ACTIVATIONS: oneOf(['bf16', 'f32']).default('bf16'),
  WISECRACK_ENGINE: oneOf(['native', 'remote']).default('native'),
  WISECRACK_REMOTE_URLS: list
    .refine((urls) => urls.every(isServer), 'must be addresses like http://10.0.0.5:8000, with commas between them')
    .optional(),
  WISECRACK_REMOTE_KEYS: list.optional(),
  WISECRACK_REMOTE_MODEL: z.string().optional(),
  WISECRACK_REMOTE_KIND: oneOf(KINDS).optional(),
  WISECRACK_LOG: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  WISECRACK_FEEDS: addresses.default([]),
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_MESSAGE_CONTENT: oneOf(['true', 'false']).default('false'),
  TELEGRAM_TOKEN: z.string().optional(),
  TELEGRAM_WEBHOOK: oneOf(['true', 'false']).default('false'),
  WISECRACK_ADMIN_PORT: whole(0, 65_535).default(8420),
  WISECRACK_ADMIN_HOST: z.string().default('127.0.0.1'),
  WISECRACK_ADMIN_URL: z
    .string()
    .refine(isSite, 'must be of the form https://name or http://name:port, without a path')
    .optional(),
});

/** Settings whose value is shown to nobody, not even in a complaint about it. */
const secrets = [
  ...['REDIS_URL', 'WISECRACK_FEEDS', 'WISECRACK_REMOTE_URLS', 'WISECRACK_REMOTE_KEYS'],
  ...['DISCORD_TOKEN', 'TELEGRAM_TOKEN'],
];

/** The configuration, with defaults filled in and paths made absolute. */
export interface Config {
  redisUrl: string | undefined;
  home: string;
  model: string;
  /** Built-in ones first, then the operator's. */
  personaFolders: string[];
  /** Where the dashboard and `persona import` write: the last of them. It may not be there yet. */
  ownPersonas: string;
  persona: string;
  sequences: number;
  /** 0: what the model has. */
  context: number;
  /** Memory for keys and values; 0: what `sequences` full windows take. */
  kvMib: number;
  /** 0: the engine's choice. */
  threads: number;
  device: 'auto' | 'cpu' | 'cuda';
  /** Devices that share the model. */
  shards: number;
  activations: 'bf16' | 'f32';
  /** Servers that run the model; undefined where we run it ourselves. */
  remote: { urls: string[]; keys: string[]; model: string | undefined; kind: Kind | undefined } | undefined;
  logLevel: string;
  /** News feeds. */
  feeds: string[];
  discordToken: string | undefined;
  /** Whether the operator has switched the privileged Message Content intent on. */
  discordMessageContent: boolean;
  telegramToken: string | undefined;
  /** Telegram calls us, instead of being asked for its news. */
  telegramWebhook: boolean;
  admin: {
    /** 0: no dashboard. */
    port: number;
    host: string;
    /** The address under which people reach it, where that is another one. */
    url: string | undefined;
  };
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
    ...(parsed.data ? incomplete(parsed.data) : []),
    ...misspelt(Object.keys(values)),
  ];
  if (!parsed.success || problems.length > 0) throw complaint(problems);
  const { data } = parsed;
  if (data.TELEGRAM_WEBHOOK === 'true' && !data.WISECRACK_ADMIN_URL?.startsWith('https:')) {
    const reason = 'Telegram calls https addresses only, and WISECRACK_ADMIN_URL is none';
    throw complaint([{ name: 'TELEGRAM_WEBHOOK', reason }]);
  }

  const pathOf = (name: keyof typeof data & string, fallback: string) => {
    const base = env[name] === undefined ? packageRoot() : process.cwd();
    return values[name] === undefined ? join(packageRoot(), fallback) : resolve(base, values[name]);
  };
  const home = pathOf('WISECRACK_HOME', '.wisecrack');
  const ownPersonas = data.WISECRACK_PERSONAS === undefined ? join(home, 'personas') : pathOf('WISECRACK_PERSONAS', '');
  return {
    redisUrl: data.REDIS_URL,
    home,
    model: pathOf('WISECRACK_MODEL', 'inference/pocket/model'),
    personaFolders: [join(packageRoot(), 'personas'), ownPersonas],
    ownPersonas,
    persona: data.WISECRACK_PERSONA,
    sequences: data.WISECRACK_SEQUENCES,
    context: data.WISECRACK_CONTEXT,
    kvMib: data.WISECRACK_KV_MIB,
    threads: data.WISECRACK_THREADS,
    device: data.WISECRACK_DEVICE,
    shards: Number(data.WISECRACK_SHARDS),
    activations: data.WISECRACK_ACTIVATIONS,
    remote:
      data.WISECRACK_ENGINE === 'remote'
        ? {
            urls: data.WISECRACK_REMOTE_URLS ?? [],
            keys: data.WISECRACK_REMOTE_KEYS ?? [],
            model: data.WISECRACK_REMOTE_MODEL,
            kind: data.WISECRACK_REMOTE_KIND,
          }
        : undefined,
    logLevel: data.WISECRACK_LOG,
    feeds: data.WISECRACK_FEEDS,
    discordToken: data.DISCORD_TOKEN,
    discordMessageContent: data.DISCORD_MESSAGE_CONTENT === 'true',
    telegramToken: data.TELEGRAM_TOKEN,
    telegramWebhook: data.TELEGRAM_WEBHOOK === 'true',
    admin: {
      port: data.WISECRACK_ADMIN_PORT,
      host: data.WISECRACK_ADMIN_HOST,
      url: data.WISECRACK_ADMIN_URL?.replace(/\/$/, ''),
    },
  };
}

/** What is wrong only together. */
function incomplete(data: z.output<typeof settings>): { name: string; reason: string }[] {
  const { WISECRACK_ENGINE: engine, WISECRACK_REMOTE_URLS: urls, WISECRACK_REMOTE_KEYS: keys = [] } = data;
  if (engine === 'native') return [];
  if (!urls) return [{ name: 'WISECRACK_REMOTE_URLS', reason: 'it is missing, and the engine is remote' }];
  if (keys.length <= 1 || keys.length === urls.length) return [];
  const reason = `there are ${keys.length} keys for ${urls.length} servers: give one for all, or one for each`;
  return [{ name: 'WISECRACK_REMOTE_KEYS', reason }];
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
