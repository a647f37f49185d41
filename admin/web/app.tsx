import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, lazy, Route, Router } from 'preact-iso';
import { account, loadSession, may, type Role, session } from './api/session.ts';
import { Enter } from './pages/enter/enter.tsx';
import { NotFound } from './pages/not-found.tsx';
import { Now } from './pages/now/now.tsx';
import { Shell } from './shell/shell.tsx';
import { say } from './shell/texts.ts';
import { Confirm } from './ui/dialog.tsx';
import { Page } from './ui/page.tsx';
import { Failed, Loading } from './ui/states.tsx';
import { Toasts } from './ui/toast.tsx';

// What one sees first comes with the page; the rest when it is gone to.
const History = lazy(() => import('./pages/history/history.tsx').then((it) => it.History));
const Conversations = lazy(() => import('./pages/conversations/conversations.tsx').then((it) => it.Conversations));
const Conversation = lazy(() => import('./pages/conversations/conversation.tsx').then((it) => it.Conversation));
const Person = only(
  'operator',
  lazy(() => import('./pages/conversations/person.tsx').then((it) => it.Person)),
);
const Personas = lazy(() => import('./pages/personas/personas.tsx').then((it) => it.Personas));
const Editor = lazy(() => import('./pages/personas/editor.tsx').then((it) => it.Editor));
const Rules = lazy(() => import('./pages/rules/rules.tsx').then((it) => it.Rules));
const Audit = lazy(() => import('./pages/audit/audit.tsx').then((it) => it.Audit));
const Logs = only(
  'operator',
  lazy(() => import('./pages/logs/logs.tsx').then((it) => it.Logs)),
);
const Life = only(
  'operator',
  lazy(() => import('./pages/logs/life.tsx').then((it) => it.Life)),
);
const People = only(
  'operator',
  lazy(() => import('./pages/people/people.tsx').then((it) => it.People)),
);
const Account = lazy(() => import('./pages/account/account.tsx').then((it) => it.AccountPage));

/** A page for those who have at least this role; to others it says so, whatever address they typed. */
function only(role: Role, Inner: ComponentType): ComponentType {
  return () => (may(role) ? <Inner /> : <Page title={say().forbidden}>{undefined}</Page>);
}

/** The whole page: nothing until it is known who looks at it, then the way in, or the pages. */
export function App() {
  const [error, setError] = useState<unknown>();
  const load = () => loadSession().catch(setError);
  useEffect(() => void load(), []);
  return (
    <LocationProvider>
      {session.value === undefined ? (
        error ? (
          <Failed error={error} onRetry={load} />
        ) : (
          <Loading />
        )
      ) : account.value === undefined ? (
        <Enter />
      ) : (
        <Shell>
          <Pages />
        </Shell>
      )}
      <Confirm />
      <Toasts />
    </LocationProvider>
  );
}

function Pages() {
  const [error, setError] = useState<unknown>();
  if (error) return <Failed error={error} onRetry={() => location.reload()} />;
  return (
    <ErrorBoundary onError={setError}>
      <Router onRouteChange={() => setError(undefined)}>
        <Route path="/" component={Now} />
        <Route path="/history" component={History} />
        <Route path="/conversations" component={Conversations} />
        <Route path="/conversations/:id" component={Conversation} />
        <Route path="/persons/:id" component={Person} />
        <Route path="/personas" component={Personas} />
        <Route path="/personas/:id" component={Editor} />
        <Route path="/rules" component={Rules} />
        <Route path="/audit" component={Audit} />
        <Route path="/logs" component={Logs} />
        <Route path="/replies/:id" component={Life} />
        <Route path="/people" component={People} />
        <Route path="/account" component={Account} />
        <Route default component={NotFound} />
      </Router>
    </ErrorBoundary>
  );
}
