import { nameKey } from '../../personas/index.ts';

/**
 * The lines before a further one that begins as somebody's, however it is indented: in a chat nobody sees that. While more may come, the
 * last line is held back as long as it may become one.
 *
 * @param names - as `nameKey` gives them
 */
export function ownLines(text: string, names: readonly string[], isLast: boolean): { text: string; ended: boolean } {
  const lines = text.split('\n');
  const speakers = lines.map((line, at) => (at === 0 ? 'nobody' : speakerOf(line.trimStart(), names)));
  const end = speakers.indexOf('somebody');
  if (end > 0) return { text: lines.slice(0, end).join('\n').trimEnd(), ended: true };
  const isOpen = !isLast && speakers.at(-1) === 'open';
  return { text: isOpen ? lines.slice(0, -1).join('\n').trimEnd() : text, ended: false };
}

/** Whether a text begins with one of these names and a colon; `open` while it may yet. @param names - as `nameKey` gives them */
export function speakerOf(text: string, names: readonly string[]): 'somebody' | 'open' | 'nobody' {
  const [, head = '', colon] = /^([^:：\n]{0,40})([:：\n])?/u.exec(text) ?? [];
  const key = nameKey(head);
  if (colon === undefined) return names.some((name) => name.startsWith(key)) ? 'open' : 'nobody';
  return colon !== '\n' && names.includes(key) ? 'somebody' : 'nobody';
}
