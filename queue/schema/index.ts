/** The contract: what lies in Redis. Checked on every read, because another version of Wisecrack may have written it. */

export { Account, Act, ApiToken, PersonaVersion, Role, SavedPersona, Session, Ticket } from './admin.ts';
export { Asked } from './asked.ts';
export { DeliveredPart, DeliveryOutcome, DeliveryRecord, FinalText } from './delivery.ts';
export { Chance, End, Figures, Finish, Piece, ReplyEvent, Start } from './event.ts';
export { Failure, SpanFigures } from './figures.ts';
export { FeedState, Headline } from './headline.ts';
export { Heartbeat } from './heartbeat.ts';
export { Job, type NewJob, orphanJob, seedOf } from './job.ts';
export { LogLine } from './log.ts';
export { parse, parseJson } from './parse.ts';
export {
  Change,
  kindOf,
  Scope,
  type ScopeKind,
  type SettingName,
  Settings,
  type SettingsPatch,
  scopesOf,
} from './settings.ts';
export { Summary } from './summary.ts';
export { LONGEST_TEXT, Note, Turn } from './turn.ts';

export { Wants } from './wants.ts';
export { ChatInvite, Guest, ShownChange, ShownMessage } from './web.ts';
