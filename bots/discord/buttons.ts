import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { Locale } from '../chat/index.ts';
import { isButton, labelOf } from '../chat/labels.ts';
import type { Button, View } from '../chat/surface.ts';

/** All there is to know is in the id, so a button works as long as its message stands. */
const PREFIX = 'w';
/** Discord's limit. */
const LONGEST_ID = 100;

export type ButtonRow = APIActionRowComponent<APIButtonComponentWithCustomId>;

/** What a button sends back when it is pressed. */
export function buttonId(button: Button, jobId: string): string {
  return `${PREFIX}:${button}:${jobId}`;
}

/** Which button of which reply was pressed; undefined when it is none of these buttons. */
export function readButtonId(id: string): { button: Button; jobId: string } | undefined {
  const [, button = '', jobId = ''] = /^w:([a-z]+):(.+)$/s.exec(id) ?? [];
  return isButton(button) ? { button, jobId } : undefined;
}

/** The row below a reply; none without buttons. Five fit in a row, and there are no more than five. */
export function buttonRows({ buttons, jobId }: Pick<View, 'buttons' | 'jobId'>, locale: Locale): ButtonRow[] {
  const fitting = [...new Set(buttons)].filter((button) => buttonId(button, jobId).length <= LONGEST_ID);
  if (fitting.length === 0) return [];
  return [{ type: ComponentType.ActionRow, components: fitting.map((button) => draw(button, jobId, locale)) }];
}

function draw(button: Button, jobId: string, locale: Locale): APIButtonComponentWithCustomId {
  const style = button === 'stop' ? ButtonStyle.Danger : ButtonStyle.Secondary;
  const label = labelOf(button, locale);
  // A thumb alone is narrower as an emoji than as a label.
  const face = button === 'up' || button === 'down' ? { emoji: { name: label } } : { label };
  return { type: ComponentType.Button, custom_id: buttonId(button, jobId), style, ...face };
}
