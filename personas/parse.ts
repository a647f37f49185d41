import { basename, extname } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { reasonOf } from '../errors.ts';
import { describeIssue, describeUnknownKey } from './describe.ts';
import { freeze } from './freeze.ts';
import { PERSONA_ID } from './id.ts';
import { fillIn } from './macros.ts';
import { type Mistake, mistake } from './mistakes.ts';
import { type Problem, problemAt } from './problem.ts';
import { type Persona, personaSchema } from './schema.ts';

type Path = readonly PropertyKey[];

/** What became of one file: a persona, or everything that is wrong with it. */
export interface Parsed {
  readonly persona?: Persona;
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a persona file. Reports all mistakes at once, each with its place.
 *
 * @param file - its path; the name without ending becomes the persona's id.
 */
export function parsePersona(file: string, source: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [];
  const report = (offset: number, said: Mistake, path: Path = []) => {
    const { line, col } = lines.linePos(offset);
    // An empty text has no line 1.
    const place = { line: Math.max(1, line), column: Math.max(1, col), path: path.map(stepOf) };
    problems.push(problemAt(file, said, place));
  };

  const id = basename(file, extname(file));
  if (!PERSONA_ID.test(id)) problems.push(problemAt(file, mistake('fileName')));
  for (const { code, pos, message: reason } of [...document.errors, ...document.warnings]) {
    report(pos[0], code === 'DUPLICATE_KEY' ? mistake('repeatedKey') : mistake('yaml', { problem: code, reason }));
  }
  // What a broken text means is guesswork, so its content is not judged. A key that is there twice does no harm to the rest.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { problems };
  if (!isMap(document.contents)) {
    report(0, mistake('noSettings'));
    return { problems };
  }

  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply.
    report(0, mistake('yaml', { problem: 'ALIASES', reason: reasonOf(error) }));
    return { problems };
  }
  const result = personaSchema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        report(offsetOfKey(document, issue.path, key), describeUnknownKey(issue.path, key), [...issue.path, key]);
    } else {
      const value = issue.path.length > 0 ? document.getIn(issue.path) : document;
      report(offsetOf(document, issue.path), describeIssue(issue, value), issue.path);
    }
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return result.success && problems.length === 0
    ? { persona: freeze({ id, ...fillIn(result.data) }), problems }
    : { problems };
}

const stepOf = (step: PropertyKey) => (typeof step === 'number' ? step : String(step));

/** Where a value stands; where the nearest thing around it stands when it is missing. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfKey(document: Document, path: Path, key: string): number {
  const map = path.length > 0 ? document.getIn(path, true) : document.contents;
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(document, path);
}
