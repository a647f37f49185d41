/** A text of ours as messages that a platform takes: cut between lines where that is possible. @param limit - in UTF-16 units, at least 2 */
export function pages(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const line = rest.lastIndexOf('\n', limit);
    // Never between the halves of a surrogate pair.
    const cut = line > 0 ? line : limit - (/[\ud800-\udbff]/.test(rest.charAt(limit - 1)) ? 1 : 0);
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut).replace(/^\n/, '');
  }
  return [...parts, rest].filter((part) => part.trim() !== '');
}
