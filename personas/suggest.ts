import { z } from 'zod';
import { personaSchema } from './schema.ts';

interface Shape {
  properties?: Record<string, Shape>;
  /** Of a record: what each of its values holds. */
  additionalProperties?: Shape | false;
  items?: Shape;
}

/** The keys that the schema knows at a place. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  const root = z.toJSONSchema(personaSchema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const place = path.reduce<Shape | undefined>(
    (shape, step) =>
      typeof step === 'number'
        ? shape?.items
        : (shape?.properties?.[String(step)] ?? (shape?.additionalProperties || undefined)),
    root,
  );
  return Object.keys(place?.properties ?? {});
}

/** The one of `known` that is most like `word`, when it is so like it that a slip of the finger explains the rest. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const slips = Math.max(1, Math.floor(word.length / 3));
  const distances = known.map((name) => ({ name, distance: distance(name.toLowerCase(), word.toLowerCase()) }));
  return distances.filter((each) => each.distance <= slips).sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** Levenshtein: letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
