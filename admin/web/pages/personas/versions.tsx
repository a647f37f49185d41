import { useState } from 'preact/hooks';
import type { PersonaFile, Version } from '../../../api/index.ts';
import { get, post } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { texts } from '../../texts.ts';
import { Button } from '../../ui/button.tsx';
import { Diff } from '../../ui/diff.tsx';
import { moment } from '../../ui/format.ts';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { keep } from './draft.ts';

const say = texts({
  en: {
    none: 'No version is kept yet: the first one is made when the persona is saved.',
    differs: 'How what stands in the editor differs from this version.',
    restore: 'Restore',
    restored: 'This version is the newest again.',
    fromCard: 'from a card',
    restoredFrom: (when: string) => `restored from ${when}`,
  },
  zh: {
    none: '还没有版本：保存角色时会创建第一个版本。',
    differs: '编辑器中的内容与此版本的差异。',
    restore: '恢复',
    restored: '此版本已重新成为最新版本。',
    fromCard: '来自角色卡',
    restoredFrom: (when) => `恢复自 ${when}`,
  },
});

interface Props {
  id: string;
  /** What stands in the editor. */
  yaml: string;
  revision: string | undefined;
  onRestored: (file: PersonaFile) => void;
}

/** What the persona was, and how it differs from what it is. */
export function Versions({ id, yaml, revision, onRestored }: Props) {
  const text = say();
  const [open, setOpen] = useState<string>();
  const versions = useResource(
    (signal) => get('/api/personas/:id/versions', { params: { id }, signal }),
    [id, revision],
  );
  if (versions.error) return <Failed error={versions.error} onRetry={versions.reload} />;
  if (!versions.data) return <Loading />;
  if (versions.data.length === 0) return <p class="quiet">{text.none}</p>;
  return (
    <ol class="versions">
      {versions.data.map((version) => (
        <li key={version.version}>
          <button
            type="button"
            class="version"
            aria-expanded={open === version.version}
            onClick={() => setOpen(open === version.version ? undefined : version.version)}
          >
            <Time at={version.at} />
            <span class="grow clip">{noteOf(version.note) || <span class="faint">–</span>}</span>
            <span class="faint">{version.by}</span>
          </button>
          {open === version.version && <Compared {...{ id, version, yaml, onRestored }} />}
        </li>
      ))}
    </ol>
  );
}

/** What the server notes by itself, in words. */
function noteOf(note: string): string {
  const [, at] = /^restored (\d+)-\d+$/.exec(note) ?? [];
  if (at !== undefined) return say().restoredFrom(moment(Number(at)));
  return note === 'from a card' ? say().fromCard : note;
}

function Compared({ id, version, yaml, onRestored }: Omit<Props, 'revision'> & { version: Version }) {
  const text = say();
  const params = { id, version: version.version };
  const old = useResource(
    (signal) => get('/api/personas/:id/versions/:version', { params, signal }),
    [id, version.version],
  );
  const restore = async () => {
    const file = await post('/api/personas/:id/versions/:version/restore', { params });
    keep(id, undefined);
    toast(text.restored);
    onRestored(file);
  };
  if (old.error) return <Failed error={old.error} onRetry={old.reload} />;
  if (!old.data) return null;
  return (
    <div class="stack compared">
      <div class="row apart">
        <span class="quiet">{text.differs}</span>
        {may('operator') && <Button onClick={restore}>{text.restore}</Button>}
      </div>
      <Diff before={old.data.yaml} after={yaml} />
    </div>
  );
}
