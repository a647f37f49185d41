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
      personaFolders: [join(root, 'personas')],
      persona: 'guide',
      sequences: 8,
      context: 0,
      threads: 0,
      device: 'auto',
      activations: 'bf16',
      logLevel: 'info',
      discordToken: undefined,
      discordMessageContent: false,
      telegramToken: undefined,
    });
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
