import { stringify } from 'yaml';
import { WisecrackError } from '../../errors.ts';
import {
  mistake,
  nameKey,
  type Persona,
  type Problem as PersonaProblem,
  type PersonaStore,
  parsePersona,
  personaYaml,
  problemAt,
} from '../../personas/index.ts';
import type { PersonaData } from '../../personas/schema.ts';
import type { Draft, Problem } from '../api/index.ts';

/** A draft that was read: its text, and the persona in it when it has no mistakes. */
export interface ReadDraft {
  yaml: string;
  persona?: Persona;
  problems: Problem[];
}

/** Reads a persona as an editor sends it. Never throws for what is wrong in it. */
export function readDraft(id: string, draft: Draft, store: Pick<PersonaStore, 'personas'>): ReadDraft {
  const source = 'yaml' in draft ? draft.yaml : yamlOf(draft.persona);
  const file = `${id}.yaml`;
  const { persona, problems } = parsePersona(file, source);
  // A text stays as somebody wrote it; a form becomes the text that somebody would write.
  const yaml = 'yaml' in draft || !persona ? source : personaYaml(fieldsOf(persona));
  const found = problems.map(problemOf);
  if (!persona) return { yaml, problems: found };
  const twin = store.personas.find((it) => it.id !== id && nameKey(it.name) === nameKey(persona.name));
  if (!twin) return { yaml, persona, problems: found };
  return { yaml, problems: [problemOf(problemAt(file, mistake('takenName', { by: twin.id }), { path: ['name'] }))] };
}

/** The persona of a draft. @throws WisecrackError WISECRACK_PERSONA_INVALID, which names every mistake. */
export function goodDraft(id: string, draft: Draft, store: Pick<PersonaStore, 'personas'>) {
  const { yaml, persona, problems } = readDraft(id, draft, store);
  if (persona) return { yaml, persona };
  throw invalid(problems);
}

/** A refusal that names every mistake. */
export function invalid(problems: readonly Problem[]): WisecrackError {
  const lines = problems.map(({ line, message }) => (line > 0 ? `line ${line}: ${message}` : message));
  const said = { message: lines.join('\n'), list: problems };
  return new WisecrackError('WISECRACK_PERSONA_INVALID', { problems: said });
}

/** A persona's fields, as its file has them. */
export function fieldsOf({ id: _, ...fields }: Persona): PersonaData {
  return fields;
}

export function problemOf({ file: _, path, ...rest }: PersonaProblem): Problem {
  return { ...rest, path: [...path] };
}

/** A form that leaves a field empty means that it is not there. */
function yamlOf(fields: Record<string, unknown>): string {
  return stringify(fields, { lineWidth: 120, aliasDuplicateObjects: false });
}
