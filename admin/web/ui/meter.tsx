import type { ComponentChildren } from 'preact';
import './meter.css';

interface Props {
  label: string;
  value: number;
  /** What `value` can reach. */
  of: number;
  /** What stands beside the label. */
  children?: ComponentChildren;
  tone?: 'accent' | 'warn' | 'bad';
}

/** How much of something is used. */
export function Meter({ label, value, of, children, tone = 'accent' }: Props) {
  const part = of > 0 ? Math.min(1, value / of) : 0;
  return (
    <div class="meter">
      <div class="row apart">
        <span class="label">{label}</span>
        <span class="figure">{children}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers do not let a meter be styled */}
      <div
        class={`meter-bar ${tone}`}
        role="meter"
        aria-label={label}
        aria-valuenow={value}
        aria-valuemin={0}
        aria-valuemax={of}
      >
        <span style={{ width: `${part * 100}%` }} />
      </div>
    </div>
  );
}

export interface Part {
  name: string;
  label: string;
  value: number;
  /** What the value is out of, where it has a bound of its own. */
  of?: number;
}

interface PartsProps {
  label: string;
  parts: readonly Part[];
  of: number;
  /** Whether the values are not known yet. */
  pending?: boolean;
}

/** What a whole is made of: a bar in parts, and a legend that says the same in words. */
export function Parts({ label, parts, of, pending = false }: PartsProps) {
  return (
    <figure class={pending ? 'parts pending' : 'parts'} aria-label={label}>
      <div class="parts-bar" aria-hidden="true">
        {parts.map(({ name, value }) => (
          <span key={name} class={`part part-${name}`} style={{ width: `${of > 0 ? (value / of) * 100 : 0}%` }} />
        ))}
      </div>
      <figcaption class="parts-legend figure">
        {parts.map((part) => (
          <span key={part.name}>
            <i class={`part part-${part.name}`} />
            {part.label} <b>{part.value}</b>
            {part.of !== undefined && <span class="faint"> / {part.of}</span>}
          </span>
        ))}
        <span class="faint">{of}</span>
      </figcaption>
    </figure>
  );
}
