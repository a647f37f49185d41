import type { Component } from './components.ts';
import type { Message } from './message.ts';

/** A message as a reader sees it, in one string: `Wisecrack (reply to Ann): Hello [Stop]`. */
export function show(message: Message): string {
  const parts = [message.isLoading ? '(thinking)' : '', message.content, ...texts(message.components)];
  for (const embed of message.embeds) parts.push(`{${[embed.title, embed.description].filter(Boolean).join(': ')}}`);
  for (const { filename } of message.attachments) parts.push(`[file ${filename}]`);
  parts.push(...buttons(message.components).map((label) => `[${label}]`));
  return `${message.author.name}${answered(message)}: ${parts.filter(Boolean).join(' ')}`;
}

/** What stands on the buttons; one that cannot be pressed is in brackets. */
export function buttons(components: readonly Component[]): string[] {
  return all(components)
    .filter(({ type }) => type === 2)
    .map(({ label, emoji, custom_id, disabled }) => {
      const text = label ?? emoji?.name ?? custom_id ?? '';
      return disabled ? `(${text})` : text;
    });
}

/** A component and all inside it. */
export function all(components: readonly Component[]): Component[] {
  return components.flatMap((one) => [
    one,
    ...all(one.components ?? []),
    ...all([one.accessory, one.component].flatMap((inner) => inner ?? [])),
  ]);
}

function texts(components: readonly Component[]): string[] {
  return all(components).flatMap(({ type, content }) => (type === 10 && content ? [content] : []));
}

function answered({ reference, channel }: Message): string {
  if (!reference) return '';
  return ` (reply to ${channel.messages.get(reference.id)?.author.name ?? 'a deleted message'})`;
}
