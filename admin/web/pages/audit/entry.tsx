import type { AuditEntry } from '../../../api/index.ts';
import { post } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { say } from './texts.ts';
import { pageOf, sidesOf, whatOf, whereOf } from './words.ts';

interface Props {
  entry: AuditEntry;
  onClose: () => void;
  onUndone: () => void;
}

/** One entry with before and after. */
export function Entry({ entry, onClose, onUndone }: Props) {
  const text = say();
  const { before, after } = sidesOf(entry);
  const page = pageOf(entry);
  const undo = async () => {
    await post('/api/audit/:id/undo', { params: { id: entry.id } });
    toast(text.undone);
    onUndone();
  };
  return (
    <Dialog
      wide
      title={text.details}
      onClose={onClose}
      actions={entry.kind === 'settings' && may('operator') && <Button onClick={undo}>{text.undo}</Button>}
    >
      <div class="stack">
        <dl class="facts">
          <dt>{text.when}</dt>
          <dd>
            <Time at={entry.at} />
          </dd>
          <dt>{text.who}</dt>
          <dd>{entry.by}</dd>
          <dt>{text.what}</dt>
          <dd>{whatOf(entry)}</dd>
          <dt>{text.where}</dt>
          <dd class="mono">{page ? <a href={page}>{whereOf(entry)}</a> : whereOf(entry)}</dd>
        </dl>
        {(before !== '' || after !== '') && <Diff before={before} after={after} />}
      </div>
    </Dialog>
  );
}
