import { say } from '../shell/texts.ts';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/states.tsx';

/** Says that nothing lies at this address. */
export function NotFound() {
  const text = say();
  return (
    <Page title={text.notFound}>
      <Empty title={text.notFoundBody}>
        <a href="/">{text.home}</a>
      </Empty>
    </Page>
  );
}
