import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberOf } from '../../../personas/card/export.ts';
import { exportCard, importCard, readCardFile, writeCardFile } from '../../../personas/card/index.ts';
import { readPng } from '../../../personas/card/png.ts';
import { loadPersonas } from '../../../personas/index.ts';
import { personaYaml } from '../../../personas/yaml.ts';
import { packageRoot } from '../../../root.ts';
import { persona, rawJson, read, text } from './arbitraries.ts';

const kinds = fc.constantFrom('json' as const, 'png' as const, 'charx' as const);
const again = (json: string, avatar?: string) => importCard(json, { id: 'bot', avatar }).persona;

/** A card as another program writes it. */
const foreign = fc
  .record({
    name: fc.constantFrom('Ada', 'Zed: the 1st', '***'),
    description: text,
    first_mes: text,
    mes: text,
    notes: text,
    extension: rawJson,
    other: rawJson,
  })
  .map(({ name, description, first_mes, mes, notes, extension, other }) => {
    const own = Object.entries({
      name,
      description,
      first_mes,
      mes_example: `<START>\n{{user}}: Hi\n{{char}}: ${mes}`,
      creator_notes: notes,
    });
    const members = own.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`);
    const book = `{"extensions":{"b": ${extension}},"entries":[ {"keys":["ship"],"content":"It leaks.","extensions":{"e" :${extension}},"enabled":true,"insertion_order":7}, {"keys":["/x/"],"use_regex":true,"content":"y","extensions":${'{}'}} ]}`;
    return ` {"spec":"chara_card_v2", "spec_version":"2.0","data":{${members.join(' ,\n')},"character_book": ${book},"extensions": {"them" : ${extension}},"other": ${other}}}\n`;
  });

describe('a persona', () => {
  it('is the same after YAML', () => {
    fc.assert(
      fc.property(persona, (before) => {
        expect(read(personaYaml(before))).toEqual(before);
      }),
    );
  });

  it('comes back from every kind of card as it was', () => {
    fc.assert(
      fc.property(persona, kinds, (before, kind) => {
        const { json } = readCardFile(writeCardFile(exportCard(before), { kind, name: before.name }));
        expect(again(json)).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('of the library is whole after every kind of card', async () => {
    const { personas } = await loadPersonas(join(packageRoot(), 'personas'));
    for (const { id, ...data } of personas) {
      for (const kind of ['json', 'png', 'charx'] as const) {
        const { json, image } = readCardFile(writeCardFile(exportCard({ id, ...data }), { kind, name: data.name }));
        expect(importCard(json, { id }).persona).toEqual({ id, ...data });
        expect(image?.kind).toBe(kind === 'json' ? undefined : 'png');
      }
    }
  });

  it('takes with it what another program changed in the card meanwhile', () => {
    const before = read(personaYaml({ ...read(source), moods: { wild: { temperature: 2 } } }));
    const card = JSON.parse(exportCard(before));
    card.data.first_mes = 'Well, well.';
    card.data.name = 'Adele';
    const after = again(JSON.stringify(card));
    expect(after).toEqual({ ...before, name: 'Adele', greeting: 'Well, well.' });
  });
});

describe('a card of another program', () => {
  it('is given back byte for byte while its persona is not changed', () => {
    fc.assert(
      fc.property(foreign, (raw) => {
        expect(exportCard(again(raw), raw)).toBe(raw);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every extension byte for byte when its persona is changed, and the change comes back', () => {
    fc.assert(
      fc.property(foreign, text, text, (raw, greeting, content) => {
        const before = again(raw);
        const [first] = before.lorebook.entries;
        if (!first) throw new Error('no lore');
        const entries = [
          { ...first, content },
          { ...first, keys: ['new'], content: 'New.' },
        ];
        const changed = read(personaYaml({ ...before, greeting, lorebook: { ...before.lorebook, entries } }));
        const json = exportCard(changed, raw);
        expect(again(json)).toEqual(changed);

        const was = memberOf(raw.trim(), 'data') ?? '';
        const is = memberOf(json.trim(), 'data') ?? '';
        const extension = (data: string) => memberOf(memberOf(data, 'extensions') ?? '', 'them');
        expect(extension(is)).toBe(extension(was));
        for (const key of ['other', 'creator_notes', 'description']) expect(memberOf(is, key)).toBe(memberOf(was, key));
        // Where there is nothing to read in them, the persona's one example was made of its greeting.
        if (before.examples[0]?.user === 'Hi') expect(memberOf(is, 'mes_example')).toBe(memberOf(was, 'mes_example'));
        const book = memberOf(is, 'character_book') ?? '';
        expect(memberOf(book, 'extensions')).toBe(memberOf(memberOf(was, 'character_book') ?? '', 'extensions'));
        const lore = memberOf(book, 'entries') ?? '';
        if (changed.lorebook.entries[0]?.content !== first.content) expect(lore).toContain(`"extensions":{"e" :`);
        // The entry that we could not read is still there.
        expect(lore).toContain('"use_regex":true');
      }),
      { numRuns: 200 },
    );
  });

  it('without examples keeps the one that was made of its greeting when the greeting is changed', () => {
    const raw =
      '{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Ada","first_mes":"Ahoy!","mes_example":""}}';
    const before = again(raw);
    expect(before.examples).toEqual([{ user: 'Hello!', reply: 'Ahoy!' }]);
    const changed = { ...before, greeting: 'Well, well.' };
    expect(again(exportCard(changed, raw))).toEqual(changed);
  });

  it('tells those who read only the older version that there is a newer one', () => {
    const raw = '{"spec":"chara_card_v3","spec_version":"3.0","data":{"name":"Ada","creator_notes":"n"}}';
    const { texts } = readPng(writeCardFile(raw, { kind: 'png', name: 'Ada' }));
    const [older, newer] = ['chara', 'ccv3'].map((key) => Buffer.from(texts.get(key) ?? '', 'base64').toString());
    expect(JSON.parse(older ?? '')).toMatchObject({
      spec: 'chara_card_v2',
      data: { creator_notes: expect.stringMatching(/^n\n\nThis card is of version 3/) },
    });
    expect(JSON.parse(newer ?? '')).toMatchObject({ data: { creator_notes: 'n' } });
  });

  it('is in a PNG twice, the newer one for whoever knows it', () => {
    const raw = '{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Ada","description":"d","tags":["t"]}}';
    const png = writeCardFile(raw, { kind: 'png', name: 'Ada' });
    expect(JSON.parse(readCardFile(png).json)).toMatchObject({
      spec: 'chara_card_v3',
      data: { group_only_greetings: [], tags: ['t'] },
    });
    expect(Buffer.from(png).toString('latin1')).toContain(`chara\0${Buffer.from(raw).toString('base64')}`);
  });
});

const source = `name: Ada
description: For tests.
profile: "{{char}} counts."
examples: [{ user: one, reply: two }]
greeting: Hello.
lines: { error: e, busy: b, empty: m, refused: r }
`;
