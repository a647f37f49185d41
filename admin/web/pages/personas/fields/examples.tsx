import { Exchanges } from './exchanges.tsx';
import type { FieldsProps } from './props.ts';
import { say } from './texts.ts';

/** The exchanges that teach the voice. */
export function Examples(part: FieldsProps) {
  const text = say();
  return (
    <div class="stack">
      <p class="quiet">{text.examplesLead}</p>
      <Exchanges {...part} words={text.examples} least={1} most={12} />
    </div>
  );
}
