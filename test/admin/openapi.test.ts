import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Route, routes } from '../../admin/api/index.ts';
import type { Client } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

/** What is read of the document. */
interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  minimum?: number;
}
interface Content {
  content?: Record<string, { schema: Schema }>;
}
interface Operation {
  parameters?: { name: string; in: 'path' | 'query'; required?: boolean; schema: Schema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}
interface Called {
  name: string;
  path: string;
  method: string;
  operation: Operation;
}

let stage: Stage;
let owner: Client;
let called: Called[];

/** The routes' names, so that each is a test of its own before the document is there. */
const names = Object.entries(routes).map(([name, { method, url }]) => ({ name, key: `${method} ${url}` }));
const keyOf = (path: string, method: string) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`;

beforeAll(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
  await stage.work();
  await stage.ended(await stage.ask('What is this?', { id: 'first' }));
  const { body } = await owner.get('/api/openapi.json');
  called = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const name = names.find(({ key }) => key === keyOf(path, method))?.name ?? '';
      return { name, path, method: method.toUpperCase(), operation };
    }),
  );
});
afterAll(() => stage.close());

const find = (name: string): Called => {
  const found = called.find((it) => it.name === name);
  if (!found) throw new Error(`the document has no ${name}`);
  return found;
};

/** What is there, by the beginning of the address; else whatever the schema takes. */
const THERE: readonly [path: string, id: string][] = [
  ['/api/personas/{id}/card', 'guide'],
  ['/api/personas/', 'guide'],
  ['/api/conversations/', 'test:general'],
  ['/api/people/', 'test:ann'],
  ['/api/replies/', 'trace-first'],
];

/** A value that a schema takes: the least that is required. */
function sample(schema: Schema): unknown {
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return sample(choice);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'object') {
    const { properties = {}, required = [] } = schema;
    return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));
  }
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (schema.format === 'uuid') return crypto.randomUUID();
  return 'x1'.padEnd(schema.minLength ?? 0, 'x');
}

/** What a schema takes. zod reads its patterns without the flag that \p{...} needs: those few are left out. */
const checkerOf = (schema: Schema | undefined) =>
  z.fromJSONSchema(
    JSON.parse(JSON.stringify(schema), (key, value) => (key === 'pattern' && /\\p\{/.test(value) ? undefined : value)),
    { defaultTarget: 'openapi-3.0' },
  );

const bodyOf = ({ requestBody }: Operation) => requestBody?.content?.['application/json']?.schema;

/** An address with what the document asks for. */
function addressOf({ path, operation }: Called): string {
  const id = THERE.find(([begin]) => path.startsWith(begin))?.[1];
  const query = new URLSearchParams();
  let url = path;
  for (const { name, in: where, required = false, schema } of operation.parameters ?? []) {
    const value = where === 'path' && id !== undefined && name !== 'version' ? id : String(sample(schema));
    if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(value));
    else if (required) query.set(name, name === 'scope' ? 'all' : value);
  }
  return query.size > 0 ? `${url}?${query}` : url;
}

/** The documented schema of an answer; undefined where the document has none for this status. */
function answerOf({ responses }: Operation, status: number): { schema: Schema | undefined } | undefined {
  const range = Object.entries(responses).find(([code]) => code.toLowerCase() === `${String(status)[0]}xx`)?.[1];
  const found = responses[status] ?? range;
  return found && { schema: found.content?.['application/json']?.schema };
}

/** Those that end what the others need. */
const LAST = ['leaveChat', 'logout'];
const ordered = [
  ...names.filter(({ name }) => !LAST.includes(name)),
  ...names.filter(({ name }) => LAST.includes(name)),
];
const routeOf = (name: string) => (routes as Record<string, Route>)[name];
const isStream = (name: string) => routeOf(name)?.events !== undefined;

const statuses = new Map<string, number>();

describe.each(ordered.filter(({ name }) => isStream(name)))('$key', ({ name }) => {
  test('streams', async () => {
    const one = find(name);
    const stream = await owner.stream(addressOf(one));
    // Of a draft that nobody tried there is nothing to tell.
    expect([200, 404]).toContain(stream.status);
    stream.close();
  });
});

describe.each(ordered.filter(({ name }) => routeOf(name)?.body))('$key', ({ name }) => {
  test('refuses a body that the document does not allow', async () => {
    const one = find(name);
    const schema = bodyOf(one.operation) ?? {};
    for (const wrong of [
      '[]',
      '"x"',
      JSON.stringify({ ...(sample(schema) as object), [firstOf(schema)]: { no: 1 } }),
    ]) {
      const said = await owner.send(one.method, addressOf(one), wrong);
      expect([said.status, said.body.code]).toEqual([400, 'WISECRACK_ADMIN_REQUEST_INVALID']);
    }
  });
});

describe.each(ordered.filter(({ name }) => !isStream(name)))('$key', ({ name }) => {
  test('answers as the document says', async () => {
    const one = find(name);
    const schema = bodyOf(one.operation);
    const said = await owner.send(one.method, addressOf(one), schema && sample(schema));
    statuses.set(name, said.status);
    const type = routeOf(name)?.contentType;
    if (said.status === 200 && type !== undefined) return expect(said.headers.get('content-type')).toBeTruthy();
    const answer = answerOf(one.operation, said.status);
    expect(answer, `${said.status} ${said.text}`).toBeDefined();
    if (said.status === 204) return expect(said.text).toBe('');
    expect(answer?.schema, `${said.status} has a schema`).toBeDefined();
    const { error } = checkerOf(answer?.schema).safeParse(said.body);
    expect(error && z.prettifyError(error)).toBeUndefined();
  });
});

const firstOf = (schema: Schema): string => {
  const [of = schema] = schema.anyOf ?? [];
  return of.required?.[0] ?? Object.keys(of.properties ?? {})[0] ?? '';
};

test('what is asked rightly is answered: most of the document was tried to its good end', () => {
  const good = [...statuses].filter(([, status]) => status < 300).map(([name]) => name);
  expect(good).toEqual(
    expect.arrayContaining([
      ...['session', 'accounts', 'invite', 'createToken', 'now', 'cancelReply', 'rules', 'audit', 'conversations'],
      ...['conversation', 'revealConversation', 'person', 'exportPerson', 'personas', 'persona', 'checkPersona'],
      ...['versions', 'exportCard', 'history', 'historyCsv', 'usage', 'usageCsv', 'votes', 'logs', 'life'],
      ...['chatSession', 'chatPersonas', 'say', 'chatInvites', 'inviteToChat', 'chatGuests', 'logout'],
    ]),
  );
});
