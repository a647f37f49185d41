import { useState } from 'preact/hooks';
import type { Token } from '../../../api/index.ts';
import { del, get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Time } from '../../ui/time.tsx';
import { actionsColumn, byColumn } from './columns.tsx';
import { NewToken } from './new-token.tsx';
import { say } from './texts.ts';

/** What scripts log in with. */
export function Tokens() {
  const text = say();
  const [open, setOpen] = useState(false);
  const tokens = useResource((signal) => get('/api/tokens', { signal }), []);
  const revoke = async ({ id, name }: Token) => {
    const question = { title: text.revokeTitle(name), body: text.revokeBody, action: text.revoke, danger: true };
    if (!(await confirm(question))) return;
    await del('/api/tokens/:id', { params: { id } });
    await tokens.reload();
  };
  return (
    <Section title={text.tokens} actions={<Button onClick={() => setOpen(true)}>{text.newToken}</Button>}>
      <Listing
        of={tokens}
        none={text.noTokens}
        label={text.tokens}
        keyOf={({ id }) => id}
        columns={[
          { key: 'name', head: text.name, cell: ({ name }) => name },
          { key: 'role', head: text.role, cell: ({ role }) => text.roles[role] },
          byColumn(),
          { key: 'created', head: text.created, cell: ({ createdAt }) => <Time at={createdAt} />, wideOnly: true },
          {
            key: 'used',
            head: text.used,
            wideOnly: true,
            cell: ({ usedAt }) => (usedAt === null ? text.never : <Time at={usedAt} />),
          },
          actionsColumn('104px', (token: Token) => (
            <Button small kind="ghost" onClick={() => revoke(token)}>
              {text.revoke}
            </Button>
          )),
        ]}
      />
      {open && <NewToken onClose={() => setOpen(false)} onMade={tokens.reload} />}
    </Section>
  );
}
