import type { Nodes, Table } from 'mdast';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { Code } from './code.tsx';
import './markdown.css';
import { parse, plain, safeUrl } from './parse.ts';

/** Markdown that somebody else wrote, as elements: nothing of it is ever taken for HTML, and nothing is loaded. */
export function Markdown({ text }: { text: string }) {
  // The same elements as long as the text is the same: what stands above a reply that grows is not drawn anew.
  return useMemo(() => <div class="markdown">{all(parse(text).children)}</div>, [text]);
}

const all = (nodes: readonly Nodes[]): ComponentChildren => nodes.map((node, at) => <Part key={at} node={node} />);

function Part({ node }: { node: Nodes }) {
  switch (node.type) {
    case 'text':
    case 'html':
      return <>{node.value}</>;
    case 'paragraph':
      return <p>{all(node.children)}</p>;
    case 'heading':
      // The page has headings of its own.
      return <p class="heading">{all(node.children)}</p>;
    case 'emphasis':
      return <em>{all(node.children)}</em>;
    case 'strong':
      return <strong>{all(node.children)}</strong>;
    case 'delete':
      return <del>{all(node.children)}</del>;
    case 'inlineCode':
      return <code>{node.value}</code>;
    case 'code':
      return <Code language={node.lang ?? ''} text={node.value} />;
    case 'break':
      return <br />;
    case 'thematicBreak':
      return <hr />;
    case 'blockquote':
      return <blockquote>{all(node.children)}</blockquote>;
    case 'list':
      return node.ordered ? <ol start={node.start ?? 1}>{all(node.children)}</ol> : <ul>{all(node.children)}</ul>;
    case 'listItem':
      return <Item node={node} />;
    case 'link': {
      const url = safeUrl(node.url);
      if (url === undefined) return <>{all(node.children)}</>;
      return (
        <a href={url} target="_blank" rel="noopener noreferrer nofollow">
          {all(node.children)}
        </a>
      );
    }
    case 'image': {
      const url = safeUrl(node.url);
      if (url === undefined) return <>{node.alt ?? ''}</>;
      return (
        <a href={url} target="_blank" rel="noopener noreferrer nofollow">
          {node.alt || url}
        </a>
      );
    }
    case 'table':
      return <Grid node={node} />;
    default:
      return <>{plain(node)}</>;
  }
}

function Item({ node }: { node: Extract<Nodes, { type: 'listItem' }> }) {
  const { checked, children, spread } = node;
  const mark = checked === true ? '☑ ' : checked === false ? '☐ ' : '';
  return (
    <li>
      {mark}
      {children.map((child, at) =>
        child.type === 'paragraph' && !spread ? (
          <span key={at}>{all(child.children)}</span>
        ) : (
          <Part key={at} node={child} />
        ),
      )}
    </li>
  );
}

function Grid({ node: { children, align } }: { node: Table }) {
  const [head, ...rows] = children;
  const side = (at: number) => align?.[at] ?? 'left';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <div class="wide" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head?.children.map((cell, at) => (
              <th key={at} class={side(at)} scope="col">
                {all(cell.children)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {row.children.map((cell, at) => (
                <td key={at} class={side(at)}>
                  {all(cell.children)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
