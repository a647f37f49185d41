import { showText } from '../text/show.ts';
import type { Draft } from './draft.ts';
import type { Message } from './message.ts';

/** A message as a reader sees it, in one string: `Wisecrack (reply to Ann): <b>Hello</b> [Stop]`. */
export function show(message: Message): string {
  const { from, document, preview, service, viaBot } = message;
  if (service) return `(${Object.keys(service).join(', ')})`;
  const parts = [
    showText(message),
    ...(document ? [`[file ${document.name}]`] : []),
    ...(preview ? [`{preview ${preview}}`] : []),
    ...buttons(message).map((label) => `[${label}]`),
  ];
  const via = viaBot ? ` (via @${viaBot.username})` : '';
  return `${from.name}${via}${answered(message)}: ${parts.filter(Boolean).join(' ')}`;
}

/** A draft as the user sees it: `(draft) Hel [Stop]`. */
export function showDraft(draft: Draft): string {
  const stop = draft.canStop && !draft.stopped ? ' [Stop]' : '';
  return `(draft) ${draft.text === '' ? 'Thinking...' : showText(draft)}${stop}`;
}

/** What stands on the buttons. */
export function buttons({ keyboard }: Message): string[] {
  return (keyboard ?? []).flat().map(({ text }) => text ?? '');
}

function answered({ replyTo }: Message): string {
  if (!replyTo) return '';
  return ` (reply to ${replyTo.deleted ? 'a deleted message' : replyTo.from.name})`;
}
