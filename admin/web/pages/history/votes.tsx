import { get } from '../../api/client.ts';
import { number, percent } from '../../ui/format.ts';
import { Section } from '../../ui/page.tsx';
import { useResource } from '../../ui/resource.ts';
import { Failed } from '../../ui/states.tsx';
import { say } from './texts.ts';

/** What people think of the personas. */
export function Votes() {
  const text = say();
  const votes = useResource((signal) => get('/api/votes', { signal }), []);
  const rows = votes.data ?? [];
  return (
    <Section title={text.votes}>
      {votes.error ? <Failed error={votes.error} onRetry={votes.reload} /> : null}
      {votes.data && rows.length === 0 && <p class="quiet">{text.noVotes}</p>}
      {rows.length > 0 && (
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">{text.persona}</th>
              <th scope="col" class="end">
                {text.up}
              </th>
              <th scope="col" class="end">
                {text.down}
              </th>
              <th scope="col" class="end">
                {text.share}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ persona, up, down }) => (
              <tr key={persona}>
                <th scope="row">
                  <span class="bar" style={{ width: `${(up / Math.max(1, up + down)) * 100}%` }} />
                  <span class="bar-name clip">{persona}</span>
                </th>
                <td class="end figure">{number(up)}</td>
                <td class="end figure">{number(down)}</td>
                <td class="end figure">{percent(up / Math.max(1, up + down))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
