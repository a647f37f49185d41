import type { Account, Role } from '../../../api/index.ts';
import { del, get, patch } from '../../api/client.ts';
import { account } from '../../api/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { Filter } from '../../ui/filter.tsx';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { report, toast } from '../../ui/toast.tsx';
import { actionsColumn } from './columns.tsx';
import { say } from './texts.ts';

const roles: readonly Role[] = ['viewer', 'operator', 'owner'];

/** Everybody who may log in. */
export function Accounts() {
  const text = say();
  const accounts = useResource((signal) => get('/api/accounts', { signal }), []);
  const change = async ({ name }: Account, role: Role) => {
    try {
      await patch('/api/accounts/:name', { params: { name }, body: { role } });
      toast(text.changed(name, text.roles[role]));
    } catch (error) {
      report(error);
    }
    await accounts.reload();
  };
  const remove = async ({ name }: Account) => {
    const question = { title: text.removeTitle(name), body: text.removeBody, action: text.remove, danger: true };
    if (!(await confirm(question))) return;
    await del('/api/accounts/:name', { params: { name } });
    toast(text.removed(name));
    await accounts.reload();
  };
  const columns: Column<Account>[] = [
    {
      key: 'name',
      head: text.name,
      cell: ({ name }) => (
        <>
          {name} {name === account.value?.name && <Badge>{text.you}</Badge>}
        </>
      ),
    },
    {
      key: 'totp',
      head: text.totp,
      width: '130px',
      wideOnly: true,
      cell: ({ totp }) => (totp ? <Badge tone="good">{text.on}</Badge> : <Badge>{text.off}</Badge>),
    },
    {
      key: 'role',
      head: text.role,
      width: '140px',
      cell: (row) => (
        <Filter
          label={text.roleOf(row.name)}
          value={row.role}
          onChange={(role) => void change(row, role)}
          options={roles.map((value) => ({ value, label: text.roles[value] }))}
        />
      ),
    },
    actionsColumn(
      '104px',
      (row) =>
        row.name !== account.value?.name && (
          <Button small kind="ghost" aria-label={text.removeOf(row.name)} onClick={() => remove(row)}>
            {text.remove}
          </Button>
        ),
    ),
  ];
  return (
    <Section title={text.accounts}>
      {accounts.error ? (
        <Failed error={accounts.error} onRetry={accounts.reload} />
      ) : !accounts.data ? (
        <Loading />
      ) : (
        <Table label={text.accounts} columns={columns} rows={accounts.data} keyOf={({ name }) => name} />
      )}
    </Section>
  );
}
