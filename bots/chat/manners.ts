import type { NewJob, Rules } from '../../queue/index.ts';

/** What a job takes along of the rules. */
export function mannersOf({
  mood,
  blocked: { input, output },
}: Pick<Rules, 'mood' | 'blocked'>): Pick<NewJob, 'mood' | 'blocked'> {
  const blocked = { ...(input.length > 0 && { input }), ...(output.length > 0 && { output }) };
  return { ...(mood !== undefined && { mood }), ...(Object.keys(blocked).length > 0 && { blocked }) };
}
