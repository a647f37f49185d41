import { useEffect, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { LogLine } from '../../../api/index.ts';
import { get, post } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { Line } from './line.tsx';
import { Lines } from './lines.tsx';
import { Said } from './said.tsx';
import { Steps } from './steps.tsx';
import { say } from './texts.ts';
import './logs.css';

/** How often a reply that is still being made is looked at. */
const GROWS_MS = 1000;

/** A reply's whole life: question, tries, pieces, end, messages, log. */
export function Life() {
  const { params } = useRoute();
  const id = params.id ?? '';
  const text = say();
  const [open, setOpen] = useState<LogLine>();
  const life = useResource((signal) => get('/api/replies/:id', { params: { id }, signal }), [id]);
  const reveal = async () => {
    if (await confirm({ title: text.revealTitle, body: text.revealBody, action: text.reveal }))
      life.set(await post('/api/replies/:id/reveal', { params: { id } }));
  };
  const data = life.data;
  const grows = data !== undefined && data.end === null && !data.revealed;
  useEffect(() => {
    if (!grows) return;
    const timer = setInterval(life.reload, GROWS_MS);
    return () => clearInterval(timer);
  }, [grows, life.reload]);
  return (
    <Page
      title={data?.jobId ?? id}
      above={<a href="/logs">{text.back}</a>}
      actions={data && !data.revealed && <Button onClick={reveal}>{text.reveal}</Button>}
    >
      {life.error ? (
        <Failed error={life.error} onRetry={life.reload} />
      ) : !data ? (
        <Loading />
      ) : (
        <>
          <dl class="facts">
            {data.who && (
              <>
                <dt>{text.who}</dt>
                <dd>
                  <a href={`/persons/${encodeURIComponent(data.who.id)}`}>{data.who.name}</a>
                </dd>
              </>
            )}
            {data.conversation !== null && (
              <>
                <dt>{text.conversation}</dt>
                <dd>
                  <a class="mono" href={`/conversations/${encodeURIComponent(data.conversation)}`}>
                    {data.conversation}
                  </a>
                </dd>
              </>
            )}
            {data.persona !== null && (
              <>
                <dt>{text.persona}</dt>
                <dd>{data.persona}</dd>
              </>
            )}
            {data.trace !== null && (
              <>
                <dt>{text.trace}</dt>
                <dd class="mono">{data.trace}</dd>
              </>
            )}
          </dl>
          <div class="columns">
            <Steps life={data} />
            <Said life={data} />
          </div>
          <Section title={text.log}>
            {data.log.length === 0 ? <p class="quiet">{text.noLog}</p> : <Lines lines={data.log} onOpen={setOpen} />}
          </Section>
        </>
      )}
      {open && <Line line={open} onClose={() => setOpen(undefined)} onTrace={() => setOpen(undefined)} />}
    </Page>
  );
}
