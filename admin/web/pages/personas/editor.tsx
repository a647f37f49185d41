import { useRoute } from 'preact-iso';
import { get } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { Page } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { unsaved } from './draft.ts';
import { say } from './texts.ts';
import { Workbench } from './workbench.tsx';
import './personas.css';

/** One persona: its file, or a new one that is unsaved work only. */
export function Editor() {
  const { params } = useRoute();
  const id = params.id ?? '';
  const file = useResource(
    async (signal) => {
      try {
        return { file: await get('/api/personas/:id', { params: { id }, signal }) };
      } catch (error) {
        if (error instanceof Problem && error.status === 404 && unsaved.value.has(id)) return { file: undefined };
        throw error;
      }
    },
    [id],
  );
  if (file.error)
    return (
      <Page title={id} above={<a href="/personas">{say().back}</a>}>
        <Failed error={file.error} onRetry={file.reload} />
      </Page>
    );
  if (!file.data) return <Loading />;
  return (
    <Workbench
      key={`${id} ${file.data.file?.revision}`}
      id={id}
      file={file.data.file}
      onChanged={(changed) => file.set({ file: changed })}
    />
  );
}
