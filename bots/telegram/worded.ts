import type { MessageEntity } from 'grammy/types';
import { isAboutEntities } from './problems.ts';
import { plain, render } from './render/index.ts';

/** A text with the looks of its stretches. */
export interface Worded {
  text: string;
  entities: MessageEntity[];
}

/**
 * Says Markdown by means of a call. Where Telegram does not take its looks, the same is called once more without: nothing was
 * sent then.
 *
 * @throws what the call throws.
 */
export async function worded<Value>(
  markdown: string,
  call: (words: Worded) => Promise<Value>,
  onRefused: (error: unknown) => void = () => {},
): Promise<Value> {
  const { text, entities } = render(markdown);
  try {
    return await call({ text, entities: [...entities] });
  } catch (error) {
    if (entities.length === 0 || !isAboutEntities(error)) throw error;
    onRefused(error);
    return await call({ text: plain(markdown), entities: [] });
  }
}
