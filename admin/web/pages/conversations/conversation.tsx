import { useLocation, useRoute } from 'preact-iso';
import { del, get, post } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { Page } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { say } from './texts.ts';
import { Turn } from './turn.tsx';

/** One conversation: who spoke when, and the texts once they are revealed. */
export function Conversation() {
  const { params } = useRoute();
  const { route } = useLocation();
  const id = params.id ?? '';
  const text = say();
  const turns = useResource((signal) => get('/api/conversations/:id', { params: { id }, signal }), [id]);
  const reveal = async () => {
    if (await confirm({ title: text.revealTitle, body: text.revealBody, action: text.reveal }))
      turns.set(await post('/api/conversations/:id/reveal', { params: { id } }));
  };
  const remove = async () => {
    if (!(await confirm({ title: text.removeTitle, body: text.removeBody, action: text.remove, danger: true }))) return;
    await del('/api/conversations/:id', { params: { id } });
    toast(text.removed);
    route('/conversations');
  };
  const data = turns.data;
  return (
    <Page
      title={id}
      above={<a href="/conversations">{text.back}</a>}
      lead={
        data && (
          <>
            {data.persona ?? text.byRules} · {text.turnsIn(data.turns.length)}
          </>
        )
      }
      actions={
        may('operator') && (
          <>
            <a class="button" href={`/rules?scope=${encodeURIComponent(`channel:${id}`)}`}>
              {text.rules}
            </a>
            {data && !data.revealed && data.turns.length > 0 && <Button onClick={reveal}>{text.reveal}</Button>}
            <Button kind="danger" onClick={remove}>
              {text.remove}
            </Button>
          </>
        )
      }
    >
      {turns.error ? (
        <Failed error={turns.error} onRetry={turns.reload} />
      ) : !data ? (
        <Loading />
      ) : data.turns.length === 0 ? (
        <Empty title={text.empty} />
      ) : (
        <ol class="turns">
          {data.turns.map((turn) => (
            <Turn key={turn.id} turn={turn} />
          ))}
        </ol>
      )}
    </Page>
  );
}
