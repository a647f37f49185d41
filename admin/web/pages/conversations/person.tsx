import { useLocation, useRoute } from 'preact-iso';
import { del, file, get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { number } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { say } from './texts.ts';

/** What is stored of one person, to be exported or deleted. */
export function Person() {
  const { params } = useRoute();
  const { route } = useLocation();
  const id = params.id ?? '';
  const text = say();
  const person = useResource((signal) => get('/api/people/:id', { params: { id }, signal }), [id]);
  const erase = async () => {
    if (!(await confirm({ title: text.eraseTitle, body: text.eraseBody, action: text.erase, danger: true }))) return;
    const { turns, votes } = await del('/api/people/:id', { params: { id } });
    toast(text.erased(number(turns), number(votes)));
    route('/conversations');
  };
  const data = person.data;
  return (
    <Page
      title={id}
      lead={text.personLead}
      above={<a href="/conversations">{text.back}</a>}
      actions={
        <>
          <a class="button" href={file('/api/people/:id/export', { params: { id } })} download>
            {text.export}
          </a>
          <Button kind="danger" onClick={erase}>
            {text.erase}
          </Button>
        </>
      }
    >
      {person.error ? (
        <Failed error={person.error} onRetry={person.reload} />
      ) : !data ? (
        <Loading />
      ) : (
        <dl class="facts figure">
          <dt>{text.conversations}</dt>
          <dd>{number(data.conversations)}</dd>
          <dt>{text.turnsOf}</dt>
          <dd>{number(data.turns)}</dd>
          <dt>{text.replies}</dt>
          <dd>{number(data.replies)}</dd>
          <dt>{text.votes}</dt>
          <dd>{number(data.votes)}</dd>
          <dt>{text.tokensToday}</dt>
          <dd>{number(data.tokensToday)}</dd>
          <dt>{text.settings}</dt>
          <dd>
            {Object.keys(data.settings).length === 0 ? text.noSettings : <code>{JSON.stringify(data.settings)}</code>}
          </dd>
        </dl>
      )}
    </Page>
  );
}
