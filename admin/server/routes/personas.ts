import { personaRoutes as routes } from '../../api/personas.ts';
import { fieldsOf, goodDraft, readDraft } from '../../personas/draft.ts';
import { promptOf } from '../../personas/prompt.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';

/** The personas: looked at, checked, saved, taken back. */
export function addPersonas(site: Site, { queue, personas, files, window, log }: Context): void {
  const { versions, acts } = queue;
  const save = async (id: string, yaml: string, change: Parameters<typeof files.save>[2]) => {
    const { file, left } = await files.save(id, yaml, change);
    if (left.length > 0) log.warn({ persona: id, files: left }, 'files are too large to be carried to other machines');
    return file;
  };

  serve(site, routes.personas, () => files.list());

  serve(site, routes.persona, ({ params: { id } }) => files.read(id));

  serve(site, routes.checkPersona, async ({ params: { id }, body }) => {
    const { yaml, persona, problems } = readDraft(id, body, personas);
    return { problems, yaml: persona ? yaml : null, persona: persona ? fieldsOf(persona) : null };
  });

  serve(site, routes.prompt, async ({ params: { id }, body: { draft, turns } }) => {
    const { persona } = goodDraft(id, draft, personas);
    return promptOf(persona, turns, await window());
  });

  serve(site, routes.savePersona, async ({ params: { id }, body: { draft, revision, note }, who }) => {
    const { yaml } = goodDraft(id, draft, personas);
    const saved = await save(id, yaml, { revision, by: who.by, note });
    const act = { by: who.by, act: 'persona.save', target: id, after: saved.revision };
    await acts.note(revision === null ? act : { ...act, before: revision });
    return saved;
  });

  serve(site, routes.deletePersona, async ({ params: { id }, who }) => {
    const { revision } = await files.read(id);
    await files.remove(id);
    await acts.note({ by: who.by, act: 'persona.delete', target: id, before: revision });
  });

  serve(site, routes.versions, async ({ params: { id } }) =>
    (await versions.list(id)).map(({ version, at, by, note }) => ({ version, at, by, note })),
  );

  const versionOf = async (id: string, version: string) => {
    const found = await versions.get(id, version);
    if (!found) throw notFound('such version');
    return found;
  };

  serve(site, routes.version, ({ params: { id, version } }) => versionOf(id, version));

  serve(site, routes.restoreVersion, async ({ params: { id, version }, who }) => {
    const { yaml } = await versionOf(id, version);
    // Rules may have become stricter since it was saved.
    goodDraft(id, { yaml }, personas);
    const now = await files.read(id).catch(() => undefined);
    const revision = now?.revision ?? null;
    const saved = await save(id, yaml, { revision, by: who.by, note: `restored ${version}` });
    const act = { by: who.by, act: 'persona.restore', target: id, after: saved.revision };
    await acts.note(revision === null ? act : { ...act, before: revision });
    return saved;
  });
}
