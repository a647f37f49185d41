/** Who is answered, and who may change that: pure decisions over the rules that lie in Redis. */
export { type Decision, decide, type Facts, type Ignored, mayChange, type Refused, type Speaker } from './decide.ts';
export { triggerOf } from './trigger.ts';
