import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPersonas, PersonaStore, problemText, watchPersonas } from '../../personas/index.ts';
import { personaYaml } from './example.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wisecrack-personas-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const put = (file: string, source: string) => writeFile(join(folder, file), source);

describe('loadPersonas', () => {
  it('returns the good ones and every problem of the others', async () => {
    await put('a.yaml', personaYaml('Ann'));
    await put('b.yaml', 'name: [');
    await put('c.yaml', personaYaml('Cid').replace('greeting', 'greting'));
    await put('notes.txt', 'not a persona');
    const { personas, problems } = await loadPersonas(folder);
    expect(personas.map(({ id }) => id)).toEqual(['a']);
    const texts = problems.map(problemText);
    expect(texts).toContain(`${join(folder, 'c.yaml')}:13:1: "greting" is not known; did you mean "greeting"?`);
    expect(texts.some((text) => text.startsWith(`${join(folder, 'b.yaml')}:1:`))).toBe(true);
  });

  it('does not let two personas look alike', async () => {
    await put('a.yaml', personaYaml('Guide'));
    await put('b.yaml', personaYaml('Guid\u0435'));
    const { personas, problems } = await loadPersonas(folder);
    expect(personas.map(({ id }) => id)).toEqual(['a']);
    expect(problems.map(problemText)).toEqual([
      `${join(folder, 'b.yaml')}:1:1: the name "Guid\u0435" is taken by ${join(folder, 'a.yaml')}`,
    ]);
  });

  it('lets a later folder replace a persona of an earlier one', async () => {
    await mkdir(join(folder, 'own'));
    await put('a.yaml', personaYaml('Ann'));
    await put('own/a.yaml', personaYaml('Anna'));
    const { personas, problems } = await loadPersonas(folder, join(folder, 'own'));
    expect(personas.map(({ name }) => name)).toEqual(['Anna']);
    expect(problems).toEqual([]);
  });

  it('reports a folder that is not there, and a persona with two endings', async () => {
    await put('a.yaml', personaYaml());
    await put('a.yml', personaYaml());
    const { personas, problems } = await loadPersonas(folder, join(folder, 'nowhere'));
    expect(personas).toHaveLength(1);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('is the same persona with another ending'),
      'there is no such folder',
    ]);
  });
});

describe('PersonaStore', () => {
  it('names the personas that exist when asked for one that does not', async () => {
    await put('a.yaml', personaYaml('Ann'));
    await put('b.yaml', personaYaml('Bob'));
    const store = await PersonaStore.open(folder);
    expect(store.get('a').name).toBe('Ann');
    expect(() => store.get('x')).toThrowError(
      expect.objectContaining({ code: 'WISECRACK_PERSONA_NOT_FOUND', mend: 'These exist: a, b.' }),
    );
  });

  it('keeps the same object while a file stays the same', async () => {
    await put('a.yaml', personaYaml('Ann'));
    const store = await PersonaStore.open(folder);
    const before = store.get('a');
    expect(await store.reload()).toBe(false);
    expect(store.get('a')).toBe(before);
  });

  it('keeps the last good version of a file that broke, until the file is gone', async () => {
    await put('a.yaml', personaYaml('Ann'));
    const store = await PersonaStore.open(folder);
    await put('a.yaml', 'name: [');
    expect(await store.reload()).toBe(true);
    expect(store.get('a').name).toBe('Ann');
    expect(store.problems.length).toBeGreaterThan(0);
    await put('a.yaml', personaYaml('Anna'));
    await store.reload();
    expect(store.get('a').name).toBe('Anna');
    expect(store.problems).toEqual([]);
    await rm(join(folder, 'a.yaml'));
    await store.reload();
    expect(store.has('a')).toBe(false);
  });
});

describe('watchPersonas', () => {
  it('sees a file change, be replaced by rename, break and go', async () => {
    await put('a.yaml', personaYaml('Ann'));
    const onChange = vi.fn();
    const { store, close } = await watchPersonas(folder, onChange);
    const seen = (name: string | undefined, problems: boolean) =>
      vi.waitFor(
        () => {
          expect(store.personas[0]?.name).toBe(name);
          expect(store.problems.length > 0).toBe(problems);
        },
        { timeout: 60_000, interval: 20 },
      );
    // Each at once: whatever comes later than others is a change of its own.
    const write = (file: string, source: string) => writeFileSync(join(folder, file), source);
    try {
      write('a.yaml', personaYaml('Bob'));
      await seen('Bob', false);
      write('.a.yaml.swp', personaYaml('Cid'));
      renameSync(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
      await seen('Cid', false);
      write('a.yaml', 'name: [');
      await seen('Cid', true);
      await rm(join(folder, 'a.yaml'));
      await seen(undefined, false);
      expect(onChange).toHaveBeenCalledTimes(4);
    } finally {
      close();
    }
  });

  it('is quiet after close', async () => {
    const onChange = vi.fn();
    const { close } = await watchPersonas(folder, onChange);
    close();
    await put('a.yaml', personaYaml());
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(onChange).not.toHaveBeenCalled();
  });

  it('waits for a folder that is not there yet', async () => {
    const late = join(folder, 'late');
    const { store, close } = await watchPersonas([late], () => {});
    try {
      await mkdir(late);
      await put('late/a.yaml', personaYaml());
      await vi.waitFor(() => expect(store.has('a')).toBe(true), { timeout: 60_000, interval: 50 });
    } finally {
      close();
    }
  });
});
