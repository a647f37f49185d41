import { may } from '../../api/session.ts';
import { Page } from '../../ui/page.tsx';
import { Accounts } from './accounts.tsx';
import { ChatGuests, ChatInvites } from './chat.tsx';
import { Invites } from './invites.tsx';
import { say } from './texts.ts';
import { Tokens } from './tokens.tsx';

/** Who may do what here: the dashboard and its API are the owners' business, the web chat is the operators', too. */
export function People() {
  const text = say();
  return (
    <Page title={text.title} lead={text.lead}>
      {may('owner') && (
        <>
          <Accounts />
          <Invites />
        </>
      )}
      <ChatInvites />
      <ChatGuests />
      {may('owner') && <Tokens />}
    </Page>
  );
}
