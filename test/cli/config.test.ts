import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, settings } from '../../cli/config.ts';
import { packageRoot } from '../../root.ts';

const root = packageRoot();

function problemOf(env: NodeJS.ProcessEnv, file: NodeJS.Dict<string> = {}): string {
  try {
    readConfig(env, file);
  } catch (error) {
    expect(error).toMatchObject({ code: 'WISECRACK_CONFIG_INVALID' });
    return String(error);
  }
  throw new Error('it was taken');
}

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({}, {})).toEqual({
      redisUrl: undefined,
      home: join(root, '.wisecrack'),
      model: join(root, 'inference/pocket/model'),
      personaFolders: [join(root, 'personas'), join(root, '.wisecrack/personas')],
      ownPersonas: join(root, '.wisecrack/personas'),
      persona: 'guide',
      sequences: 8,
      context: 0,
      kvMib: 0,
      threads: 0,
      device: 'auto',
      shards: 1,
      activations: 'bf16',
      remote: undefined,
      logLevel: 'info',
      feeds: [],
      discordToken: undefined,
      discordMessageContent: false,
      telegramToken: undefined,
      telegramWebhook: false,
      admin: { port: 8420, host: '127.0.0.1', url: undefined },
    });
  });

  it('lets Telegram call only where it can', () => {
    expect(problemOf({ TELEGRAM_WEBHOOK: 'true' })).toContain('WISECRACK_ADMIN_URL');
    expect(problemOf({ TELEGRAM_WEBHOOK: 'true', WISECRACK_ADMIN_URL: 'http://wit.example' })).toContain('https');
    expect(problemOf({ WISECRACK_ADMIN_URL: 'https://wit.example/admin' })).toContain('without a path');
    const config = readConfig({ TELEGRAM_WEBHOOK: 'true', WISECRACK_ADMIN_URL: 'https://wit.example/' }, {});
    expect(config).toMatchObject({ telegramWebhook: true, admin: { url: 'https://wit.example' } });
  });

  it('takes several feeds, and shows them to nobody when one is wrong', () => {
    const feeds = 'https://a.example/rss?key=1, http://b.example/atom';
    expect(readConfig({ WISECRACK_FEEDS: feeds }, {}).feeds).toEqual(feeds.split(', '));
    expect(problemOf({ WISECRACK_FEEDS: 'https://a.example/?key=secret, b.example' })).not.toContain('secret');
  });

  it('comes from the environment, then from .env, and an empty value is none', () => {
    const file = { WISECRACK_SEQUENCES: '2', WISECRACK_PERSONA: 'pirate', REDIS_URL: 'redis://a' };
    const config = readConfig({ WISECRACK_SEQUENCES: '3', REDIS_URL: '', DISCORD_TOKEN: '' }, file);
    expect(config).toMatchObject({ sequences: 3, persona: 'pirate', redisUrl: undefined, discordToken: undefined });
  });

  it('has paths that start where they were written', () => {
    const config = readConfig({ WISECRACK_MODEL: 'm', WISECRACK_PERSONAS: '/p' }, { WISECRACK_HOME: 'h' });
    expect(config).toMatchObject({ model: resolve('m'), home: join(root, 'h') });
    expect(config.personaFolders).toEqual([join(root, 'personas'), '/p']);
    expect(config.ownPersonas).toBe('/p');
  });

  it('names every mistake in one message', () => {
    const problem = problemOf({
      REDIS_URL: 'http://:hunter2@redis',
      WISECRACK_SEQUENCES: '0',
      WISECRACK_CONTEXT: 'a lot',
      WISECRACK_THREADS: '-1',
      WISECRACK_ACTIVATIONS: 'int8',
      WISECRACK_LOG: 'loud',
      WISECRACK_PERSONA: 'The Guide',
      WISECRACK_MODLE: '/m',
    });
    for (const name of ['REDIS_URL', 'SEQUENCES', 'CONTEXT', 'THREADS', 'ACTIVATIONS', 'LOG', 'PERSONA']) {
      expect(problem).toContain(name);
    }
    expect(problem).toContain('"a lot" must be a whole number');
    expect(problem).toContain('"int8" must be one of bf16, f32');
    expect(problem).toContain('did you mean WISECRACK_MODEL?');
    expect(problem).not.toContain('hunter2');
  });

  it('knows the servers of a remote engine, and what they need together', () => {
    const WISECRACK_REMOTE_URLS = 'http://a:8000, https://b/v1';
    const env = { WISECRACK_ENGINE: 'remote', WISECRACK_REMOTE_URLS, WISECRACK_REMOTE_KEYS: 'x,y' };
    expect(readConfig({ ...env, WISECRACK_REMOTE_KIND: 'vllm', WISECRACK_REMOTE_MODEL: 'grok-1' }, {}).remote).toEqual({
      ...{ urls: ['http://a:8000', 'https://b/v1'], keys: ['x', 'y'], kind: 'vllm', model: 'grok-1' },
    });
    expect(readConfig({ ...env, WISECRACK_ENGINE: 'native' }, {}).remote).toBeUndefined();
    expect(problemOf({ WISECRACK_ENGINE: 'remote' })).toContain('REMOTE_URLS is wrong: it is missing');
    expect(problemOf({ ...env, WISECRACK_REMOTE_KEYS: 'hunter2,b,c' })).toMatch(
      /^(?!.*hunter2).*3 keys for 2 servers/s,
    );
    const withPassword = { ...env, WISECRACK_REMOTE_URLS: 'http://me:hunter2@a:8000' };
    expect(problemOf(withPassword)).toMatch(/^(?!.*hunter2).*addresses like http:/s);
  });

  it('leaves settings alone that are somebody else’s', () => {
    expect(readConfig({ WISECRACK_CI_SHARD: '3', PATH: '/bin' }, {}).sequences).toBe(8);
  });

  it('is explained in .env.example, every setting of it', () => {
    const lines = readFileSync(join(root, '.env.example'), 'utf8').split('\n');
    const named = lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
    expect(named.sort()).toEqual(Object.keys(settings.shape).sort());
    const values = Object.fromEntries(
      lines.flatMap((line) => {
        const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
        return name ? [[name, value]] : [];
      }),
    );
    expect(readConfig({}, values)).toEqual(readConfig({}, {}));
  });
});
