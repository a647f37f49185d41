import { Page } from '../../ui/page.tsx';
import { Accounts } from './accounts.tsx';
import { Invites } from './invites.tsx';
import { say } from './texts.ts';
import { Tokens } from './tokens.tsx';

/** Who may do what here. */
export function People() {
  const text = say();
  return (
    <Page title={text.title} lead={text.lead}>
      <Accounts />
      <Invites />
      <Tokens />
    </Page>
  );
}
