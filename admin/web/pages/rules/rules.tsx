import { useLocation } from 'preact-iso';
import { get } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Page } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { RulesForm } from './form.tsx';
import { Scopes } from './scopes.tsx';
import { say } from './texts.ts';
import './rules.css';

/** The rules of one scope, beside the list of all scopes in which something is set. */
export function Rules() {
  const { query } = useLocation();
  const text = say();
  const scope = query.scope ?? 'all';
  const scopes = useResource((signal) => get('/api/rules/scopes', { signal }), []);
  const rules = useResource((signal) => get('/api/rules', { query: { scope }, signal }), [scope]);
  const current = rules.data?.scope === scope ? rules.data : undefined;
  return (
    <Page title={text.title} lead={text.lead}>
      {!may('operator') && <p class="notice">{text.readOnly}</p>}
      <div class="rules">
        <Scopes scopes={scopes.data ?? []} chosen={scope} />
        {rules.error ? (
          <Failed error={rules.error} onRetry={rules.reload} />
        ) : !current ? (
          <Loading />
        ) : (
          <RulesForm
            key={scope}
            rules={current}
            onSaved={(saved) => {
              rules.set(saved);
              void scopes.reload();
            }}
          />
        )}
      </div>
    </Page>
  );
}
