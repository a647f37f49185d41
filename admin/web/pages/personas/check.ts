import { useEffect, useState } from 'preact/hooks';
import type { PlayTurn } from '../../../api/index.ts';
import { post } from '../../api/client.ts';
import type { Answer, RouteOf } from '../../api/types.ts';
import { draftOf, type Editing } from './draft.ts';

export type Checked = Answer<RouteOf<'POST', '/api/personas/:id/check'>>;
export type Prompt = Answer<RouteOf<'POST', '/api/personas/:id/prompt'>>;

/** How long nothing must be typed before it is checked. */
const PAUSE_MS = 300;

/** What the schema says of a draft, and the prompt that it would make, as soon as the typing pauses. */
export function useCheck(id: string, editing: Editing | undefined, turns: readonly PlayTurn[]) {
  const [checked, setChecked] = useState<Checked>();
  const [prompt, setPrompt] = useState<Prompt>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (!editing) return;
    const ending = new AbortController();
    const timer = setTimeout(async () => {
      const request = { params: { id }, signal: ending.signal };
      try {
        const found = await post('/api/personas/:id/check', { ...request, body: draftOf(editing) });
        if (ending.signal.aborted) return;
        setChecked(found);
        if (found.problems.length > 0) return;
        const body = { draft: draftOf(editing), turns: [...turns] };
        const laidOut = await post('/api/personas/:id/prompt', { ...request, body });
        if (ending.signal.aborted) return;
        setPrompt(laidOut);
        setError(undefined);
      } catch (problem) {
        if (!ending.signal.aborted) setError(problem);
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [id, editing, turns]);
  return { checked, prompt, error };
}
