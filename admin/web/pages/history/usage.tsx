import { useState } from 'preact/hooks';
import type { Range, UsageBy } from '../../../api/index.ts';
import { file, get } from '../../api/client.ts';
import { Filter } from '../../ui/filter.tsx';
import { number, short } from '../../ui/format.ts';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed } from '../../ui/states.tsx';
import { say } from './texts.ts';

const bys: readonly UsageBy[] = ['persona', 'platform', 'server', 'user'];

/** Who took how many replies and tokens, the most first. */
export function Usage({ range }: { range: Range }) {
  const text = say();
  const [by, setBy] = useState<UsageBy>('persona');
  const usage = useResource((signal) => get('/api/usage', { query: { range, by }, signal }), [range, by]);
  const rows = usage.data ?? [];
  const most = Math.max(1, ...rows.map(({ tokens }) => tokens));
  return (
    <Section
      title={text.usage}
      actions={
        <div class="row">
          <Filter
            label={text.by}
            value={by}
            onChange={setBy}
            options={bys.map((value) => ({ value, label: text.bys[value] }))}
          />
          <a class="button" href={file('/api/usage.csv', { query: { range, by } })} download>
            {text.csv}
          </a>
        </div>
      }
    >
      {usage.error ? <Failed error={usage.error} onRetry={usage.reload} /> : null}
      {usage.data && rows.length === 0 && <p class="quiet">{text.noUsage}</p>}
      {rows.length > 0 && (
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">{text.bys[by]}</th>
              <th scope="col" class="end">
                {text.done}
              </th>
              <th scope="col" class="end">
                {text.tokens}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, replies, tokens }) => (
              <tr key={key}>
                <th scope="row">
                  <span class="bar" style={{ width: `${(tokens / most) * 100}%` }} />
                  <span class="bar-name clip">{key}</span>
                </th>
                <td class="end figure">{number(replies)}</td>
                <td class="end figure">{short(tokens)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
