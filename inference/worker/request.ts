import type { Persona } from '../../personas/index.ts';
import type { Job } from '../../queue/index.ts';
import { samplingOf, type Window } from '../context/index.ts';
import type { GenerateRequest } from '../engine/index.ts';

/** What the engine is asked for. @param resume - the tokens that the reply has already */
export function requestOf(job: Job, persona: Persona, window: Window, resume: readonly number[]): GenerateRequest {
  return {
    prompt: window.tokens,
    resume,
    maxTokens: Math.min(job.maxTokens ?? window.replyTokens, window.replyTokens),
    sampling: { ...samplingOf(persona.sampling, job.seed), ...job.sampling },
    stop: window.stop,
    penaltyStart: window.penaltyStart,
    dryBreakers: window.dryBreakers,
    bannedPhrases: persona.bannedPhrases,
    topLogprobs: job.topLogprobs ?? 0,
  };
}
