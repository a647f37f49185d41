import { account } from '../../api/session.ts';
import { say as sayShell } from '../../shell/texts.ts';
import { Page } from '../../ui/page.tsx';
import { Password } from './password.tsx';
import { say } from './texts.ts';
import { Totp } from './totp.tsx';
import './account.css';

/** One's own password and second factor. */
export function AccountPage() {
  const text = say();
  const own = account.value;
  return (
    <Page title={text.title} lead={own && text.signedInAs(own.name, sayShell().roles[own.role])}>
      <div class="columns">
        <Password />
        <Totp />
      </div>
    </Page>
  );
}
