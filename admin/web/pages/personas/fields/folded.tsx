import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface Props {
  title: string;
  /** What it comes to, said while it is folded. */
  summary?: string;
  /** How it begins; a mistake inside opens it. */
  open?: boolean;
  mistake?: string | undefined;
  children: ComponentChildren;
}

/** Fields that few need: folded until they are asked for. */
export function Folded({ title, summary, open = false, mistake, children }: Props) {
  const [unfolded, setUnfolded] = useState(open);
  return (
    <details
      class="folded"
      open={unfolded || mistake !== undefined}
      onToggle={(event) => setUnfolded(event.currentTarget.open)}
    >
      <summary>
        {title}
        {summary && <span class="faint"> {summary}</span>}
      </summary>
      <div class="stack">{children}</div>
    </details>
  );
}
