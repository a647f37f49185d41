import type { Persona } from '../../personas/index.ts';
import { type Meter, partsOf } from './meter.ts';

/** Below this an example or two more would do more than any other change. */
const FEW_EXAMPLES = 4;

/** What would make a persona better that has no mistake. @param meter - undefined where there is no model to count with. */
export function advice(persona: Persona, meter: Meter | undefined): string[] {
  const hints: string[] = [];
  const count = persona.examples.length;
  if (count < FEW_EXAMPLES) hints.push(`examples: ${count}; with ${FEW_EXAMPLES} to 8 the voice holds better`);
  if (!meter) return hints;
  const { examples, budgets, head } = partsOf(persona, meter);
  if (head > budgets.static) hints.push(`frame and profile take ${head} tokens, ${budgets.static} are there`);
  else if (examples.fit < count) {
    hints.push(`${examples.fit} of ${count} examples fit into the ${budgets.static} tokens of ${meter.model}`);
  }
  return hints;
}
