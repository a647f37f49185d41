import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import './page.css';

interface Props {
  title: string;
  /** A sentence on what this page is for. */
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  /** What stands above the title, e.g. the way back. */
  above?: ComponentChildren;
  children: ComponentChildren;
}

/** A page's head and body. */
export function Page({ title, lead, actions, above, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Wisecrack`;
  }, [title]);
  return (
    <div class="page">
      <header class="page-head">
        <div class="grow">
          {above}
          <h1>{title}</h1>
          {lead && <p class="page-lead">{lead}</p>}
        </div>
        {actions && <div class="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="section">
      <header class="row apart">
        <h2>{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  );
}
