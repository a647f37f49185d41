import { useState } from 'preact/hooks';
import { del, post } from '../../api/client.ts';
import { account, signedIn } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { TextField } from '../../ui/field.tsx';
import { Section } from '../../ui/page.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { Secret } from '../../ui/secret.tsx';
import { toast } from '../../ui/toast.tsx';
import { say } from './texts.ts';

/** The second factor: off, being set up, or on. */
export function Totp() {
  const text = say();
  return <Section title={text.totp}>{account.value?.totp ? <On /> : <Off />}</Section>;
}

function Off() {
  const text = say();
  const [offer, setOffer] = useState<{ secret: string; url: string }>();
  const [typed, setTyped] = useState('');
  const confirm = async () => {
    await post('/api/account/totp/confirm', { body: { code: typed.replaceAll(' ', '') } });
    if (account.value) signedIn({ ...account.value, totp: true });
    toast(text.switchedOn);
  };
  if (!offer)
    return (
      <>
        <p class="quiet">{text.totpOff}</p>
        <div class="row">
          <Button onClick={async () => setOffer(await post('/api/account/totp'))}>{text.begin}</Button>
        </div>
      </>
    );
  return (
    <>
      <p>{text.scan}</p>
      <div class="totp">
        <QrCode label={text.qrCode} value={offer.url} />
        <form class="stack grow" noValidate onSubmit={(event) => event.preventDefault()}>
          <Secret label={text.secret} value={offer.secret} />
          <p>
            <a href={offer.url}>{text.open}</a>
          </p>
          <CodeField label={text.code} hint={text.codeHint} value={typed} onInput={setTyped} />
          <div class="row">
            <Button kind="primary" disabled={typed.replaceAll(' ', '').length !== 6} onClick={confirm}>
              {text.confirm}
            </Button>
          </div>
        </form>
      </div>
    </>
  );
}

function On() {
  const text = say();
  const [password, setPassword] = useState('');
  const remove = async () => {
    await del('/api/account/totp', { body: { password } });
    if (account.value) signedIn({ ...account.value, totp: false });
    toast(text.switchedOff);
  };
  return (
    <>
      <p class="quiet">{text.totpOn}</p>
      <form class="stack" noValidate onSubmit={(event) => event.preventDefault()}>
        <TextField
          label={text.current}
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={setPassword}
        />
        <div class="row">
          <Button type="submit" kind="danger" disabled={password === ''} onClick={remove}>
            {text.switchOff}
          </Button>
        </div>
      </form>
    </>
  );
}
