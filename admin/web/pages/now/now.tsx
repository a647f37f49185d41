import { useEffect } from 'preact/hooks';
import { Page } from '../../ui/page.tsx';
import { Loading } from '../../ui/states.tsx';
import { Adapters } from './adapters.tsx';
import { Errors } from './errors.tsx';
import { Figures } from './figures.tsx';
import { Health } from './health.tsx';
import { connected, snapshot, watchNow } from './live.ts';
import { Replies } from './replies.tsx';
import { say } from './texts.ts';
import { Workers } from './workers.tsx';
import './now.css';

/** The first screen: whether all is well, and every reply as it is made. */
export function Now() {
  useEffect(watchNow, []);
  const text = say();
  const now = snapshot.value;
  return (
    <Page title={text.title}>
      {connected.value === false && (
        <p class="notice warn" role="status">
          {text.lost}
        </p>
      )}
      {now === undefined ? (
        <Loading />
      ) : (
        <>
          <Health now={now} />
          <Figures now={now} />
          <div class="now-columns">
            <Replies />
            <div class="now-side">
              <Errors errors={now.errors} />
              <Workers workers={now.workers} />
              <Adapters adapters={now.adapters} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}
