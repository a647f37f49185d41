import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

const options = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

/** Markdown as a tree. What looks like HTML in it is a text. */
export const parse = (markdown: string): Root => fromMarkdown(markdown, options);

/** The address of a link, where it leads to a page or to a mailbox; undefined for all else: scripts above all. */
export function safeUrl(url: string): string | undefined {
  return /^(https?:\/\/|mailto:)/i.test(url) && URL.canParse(url) ? url : undefined;
}

/** What a part says, without its looks. */
export function plain(node: Nodes): string {
  if ('value' in node) return node.value;
  if ('alt' in node && node.alt) return node.alt;
  return 'children' in node ? node.children.map(plain).join('') : '';
}
