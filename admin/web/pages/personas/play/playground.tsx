import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlayTurn } from '../../../../api/index.ts';
import { get, post } from '../../../api/client.ts';
import { account, may } from '../../../api/session.ts';
import { Button } from '../../../ui/button.tsx';
import { useResource } from '../../../ui/resource.ts';
import { report } from '../../../ui/toast.tsx';
import { draftOf, type Editing, textIn } from '../draft.ts';
import { type Choice, NO_CHOICE } from './choice.tsx';
import { type Ask, type Exchange, exchange, turnsOf } from './lane.ts';
import { Lane } from './lane.tsx';
import { say } from './texts.ts';
import './play.css';

interface Props {
  id: string;
  editing: Editing;
  /** The conversation of the first lane, for the token bar. */
  onTurns: (turns: readonly PlayTurn[]) => void;
}

interface LaneState {
  choice: Choice;
  exchanges: readonly Exchange[];
}

const EMPTY: LaneState = { choice: NO_CHOICE, exchanges: [] };

/** A chat with the persona as it stands in the editor; with a second one, or another sampling, beside it. */
export function Playground({ id, editing, onTurns }: Props) {
  const text = say();
  const [lanes, setLanes] = useState<readonly LaneState[]>([EMPTY]);
  const [question, setQuestion] = useState('');
  const all = useRef(lanes);
  all.current = lanes;
  const personas = useResource((signal) => get('/api/personas', { signal }), []);
  const you = account.value?.name.replace(/[^\p{L}\p{N} _-]/gu, ' ').slice(0, 24) || 'You';
  const running = lanes.some(({ exchanges }) => exchanges.some(({ state }) => state.value !== 'over'));

  useEffect(
    () => () => {
      for (const { leave } of all.current.flatMap(({ exchanges }) => exchanges)) leave();
    },
    [],
  );
  useEffect(() => {
    if (!running) onTurns(turnsOf(lanes[0]?.exchanges ?? [], you, nameOf(editing)));
  }, [running, lanes]);

  /** Lets every lane answer; `keep` says how much of its conversation goes before. */
  const ask = async (said: string, keep: (exchanges: readonly Exchange[]) => readonly Exchange[]) => {
    try {
      const asks = await Promise.all(lanes.map(({ choice }) => askOf(id, editing, choice)));
      setLanes(
        lanes.map((lane, at) => {
          const before = keep(lane.exchanges);
          const one = asks[at];
          return one ? { ...lane, exchanges: [...before, exchange(before, you, said, one)] } : lane;
        }),
      );
    } catch (error) {
      report(error);
    }
  };
  const send = () => {
    if (question.trim() === '' || running) return;
    setQuestion('');
    void ask(question.trim(), (exchanges) => exchanges);
  };
  const last = lanes[0]?.exchanges.at(-1)?.question;
  const stop = () =>
    Promise.all(
      lanes.flatMap(({ exchanges }) =>
        exchanges.flatMap(({ state, jobId }) =>
          state.value !== 'over' && jobId.value
            ? [post('/api/replies/:jobId/cancel', { params: { jobId: jobId.value } })]
            : [],
        ),
      ),
    );

  if (!may('operator')) return <p class="quiet">{text.viewer}</p>;
  return (
    <div class="stack">
      <p class="quiet">{text.lead}</p>
      <div class={lanes.length > 1 ? 'lanes two' : 'lanes'}>
        {lanes.map((lane, at) => (
          <Lane
            key={at}
            name={nameOf(editing)}
            choice={lane.choice}
            exchanges={lane.exchanges}
            personas={(personas.data ?? []).filter((it) => it.id !== id)}
            onChoice={(choice) => setLanes(lanes.map((it, index) => (index === at ? { ...it, choice } : it)))}
          />
        ))}
      </div>
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          class="input area said"
          rows={1}
          aria-label={text.ask}
          placeholder={text.ask}
          value={question}
          onInput={(event) => setQuestion(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="button primary" disabled={question.trim() === '' || running}>
          {text.send}
        </button>
      </form>
      <div class="row">
        {running ? (
          <Button small onClick={stop}>
            {text.stop}
          </Button>
        ) : (
          <Button small disabled={last === undefined} onClick={() => last && ask(last, (it) => it.slice(0, -1))}>
            {text.again}
          </Button>
        )}
        <Button
          small
          disabled={last === undefined || running}
          onClick={() => setLanes(lanes.map((lane) => ({ ...lane, exchanges: [] })))}
        >
          {text.clear}
        </Button>
        <Button
          small
          disabled={running}
          onClick={() => setLanes(lanes.length > 1 ? lanes.slice(0, 1) : [...lanes, { ...EMPTY }])}
        >
          {lanes.length > 1 ? text.alone : text.compare}
        </Button>
      </div>
    </div>
  );
}

const nameOf = (editing: Editing) => textIn(editing.fields, 'name') || 'Persona';

async function askOf(id: string, editing: Editing, { persona, sampling, maxTokens, seed }: Choice): Promise<Ask> {
  const rest = { sampling, ...(maxTokens && { maxTokens }), ...(seed !== undefined && { seed }) };
  if (persona === '') return { id, draft: draftOf(editing), name: nameOf(editing), ...rest };
  const other = await get('/api/personas/:id', { params: { id: persona } });
  return { id: persona, draft: { yaml: other.yaml }, name: other.name, ...rest };
}
