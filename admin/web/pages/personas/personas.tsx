import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { PersonaLine } from '../../../api/index.ts';
import { get } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { blank, keep, unsaved } from './draft.ts';
import { ImportCard } from './import.tsx';
import { NewPersona } from './new.tsx';
import { say } from './texts.ts';
import './personas.css';

/** All voices. */
export function Personas() {
  const { route } = useLocation();
  const text = say();
  const [open, setOpen] = useState<'new' | 'import'>();
  const personas = useResource((signal) => get('/api/personas', { signal }), []);
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={
        may('operator') && (
          <>
            <Button onClick={() => setOpen('import')}>{text.importCard}</Button>
            <Button onClick={() => setOpen('new')}>{text.create}</Button>
          </>
        )
      }
    >
      {personas.error ? (
        <Failed error={personas.error} onRetry={personas.reload} />
      ) : !personas.data ? (
        <Loading />
      ) : personas.data.length === 0 ? (
        <Empty title={text.none} />
      ) : (
        <ul class="personas">
          {personas.data.map((persona) => (
            <Persona key={persona.id} persona={persona} />
          ))}
        </ul>
      )}
      {open === 'import' && (
        <ImportCard
          onClose={() => {
            setOpen(undefined);
            void personas.reload();
          }}
        />
      )}
      {open === 'new' && (
        <NewPersona
          title={text.create}
          onClose={() => setOpen(undefined)}
          onChosen={(id) => {
            keep(id, { mode: 'fields', fields: blank, yaml: '', revision: null });
            route(`/personas/${id}`);
          }}
        />
      )}
    </Page>
  );
}

function Persona({ persona }: { persona: PersonaLine }) {
  const text = say();
  return (
    <li class="persona-card">
      <a href={`/personas/${persona.id}`} class="persona-name">
        {persona.name}
      </a>
      <p class="quiet">{persona.description}</p>
      <p class="row">
        <code class="faint">{persona.id}</code>
        <Badge>{text.language[persona.language]}</Badge>
        {persona.source === 'own' && (
          <Badge tone="accent">{persona.replacesBuiltIn ? text.replaces : text.source.own}</Badge>
        )}
        {unsaved.value.has(persona.id) && <Badge tone="warn">{text.unsaved}</Badge>}
        {persona.problems.length > 0 && <Badge tone="bad">{text.mistakes(persona.problems.length)}</Badge>}
      </p>
    </li>
  );
}
