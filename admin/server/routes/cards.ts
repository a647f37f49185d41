import { WisecrackError } from '../../../errors.ts';
import { exportCard, imageKind, importCard, note, readCardFile, writeCardFile } from '../../../personas/card/index.ts';
import { nameKey, parsePersona } from '../../../personas/index.ts';
import { type CardKind, personaRoutes as routes } from '../../api/personas.ts';
import { invalid, problemOf } from '../../personas/draft.ts';
import type { Context } from '../context.ts';
import { type Site, serve } from '../http/serve.ts';

const TYPES: Record<CardKind, string> = {
  png: 'image/png',
  json: 'application/json',
  charx: 'application/octet-stream',
};

/** Character Cards, in and out. One that comes in is a stranger's file: personas/card is on its guard. */
export function addCards(site: Site, { queue, personas, files }: Context): void {
  serve(site, routes.importCard, async ({ params: { id }, request, who }) => {
    const { body } = request;
    if (!Buffer.isBuffer(body)) {
      const reason = 'the body must be the card’s file, as application/octet-stream';
      throw new WisecrackError('WISECRACK_ADMIN_REQUEST_INVALID', { reason });
    }
    const card = readCardFile(body);
    const image = card.image && { name: `${id}.${card.image.kind}`, bytes: card.image.bytes };
    const { persona, yaml, notes } = importCard(card.json, { id, avatar: image?.name });
    const twin = personas.personas.find((it) => it.id !== id && nameKey(it.name) === nameKey(persona.name));
    if (twin) throw new WisecrackError('WISECRACK_PERSONA_EXISTS', { file: `A persona called ${twin.name}` });
    const { file, left } = await files.add(id, yaml, { json: card.json, ...(image && { image }) }, who.by);
    await queue.acts.note({ by: who.by, act: 'persona.import', target: id, after: file.revision });
    const staying = left.map((name) => note('tooLargeToCarry', { file: name }));
    return { file, notes: [...notes, ...card.notes, ...staying] };
  });

  serve(site, routes.exportCard, async ({ params: { id }, query: { to }, reply }) => {
    const { yaml } = await files.read(id);
    const { persona, problems } = parsePersona(`${id}.yaml`, yaml);
    if (!persona) throw invalid(problems.map(problemOf));
    const { card, picture } = await files.beside(id);
    const kind = picture && imageKind(picture.bytes);
    const image = picture && kind ? { bytes: picture.bytes, kind } : undefined;
    const before = card && Buffer.from(card.bytes).toString('utf8');
    const file = writeCardFile(exportCard(persona, before), { kind: to, name: persona.name, image });
    reply.header('content-type', TYPES[to]);
    reply.header('content-disposition', `attachment; filename="${id}.${to}"`);
    return Buffer.from(file);
  });
}
