import { Problem } from './problem.ts';
import { say } from './texts.ts';
import type { Answer, FileOf, FileUrl, Method, Place, Request, RouteOf, Url } from './types.ts';

/** The place of a route that is not known by its type. */
export interface AnyPlace {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, unknown>>;
}

let signedOut = () => {};

/** Sets what is done when the server says that nobody is logged in any more. */
export function whenSignedOut(act: () => void): void {
  signedOut = act;
}

/** An address with its parameters and query filled in. */
export function address(url: string, { params = {}, query = {} }: AnyPlace = {}): string {
  const path = url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0
    ? path
    : `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** The address of a file to be downloaded. */
export const file = <U extends FileUrl>(url: U, place: Place<FileOf<U>>): string => address(url, place as AnyPlace);

type Asking<M extends Method> = <U extends Url<M>>(
  url: U,
  ...request: object extends Request<RouteOf<M, U>> ? [Request<RouteOf<M, U>>?] : [Request<RouteOf<M, U>>]
) => Promise<Answer<RouteOf<M, U>>>;

/** Each asks one route; throws a {@link Problem} where the server refuses, the signal's reason where that is aborted. */
export const get = asking('GET');
export const post = asking('POST');
export const put = asking('PUT');
export const patch = asking('PATCH');
export const del = asking('DELETE');

function asking<M extends Method>(method: M): Asking<M> {
  return ((url: string, request: AnyRequest = {}) => send(method, url, request)) as Asking<M>;
}

interface AnyRequest extends AnyPlace {
  body?: unknown;
  file?: Blob;
  signal?: AbortSignal;
}

async function send(method: string, url: string, request: AnyRequest) {
  const { body, file: blob, signal } = request;
  const type = blob ? 'application/octet-stream' : body === undefined ? undefined : 'application/json';
  const content = blob ?? (body === undefined ? undefined : JSON.stringify(body));
  let response: Response;
  let text: string;
  try {
    response = await fetch(address(url, request), {
      method,
      headers: { accept: 'application/json', ...(type && { 'content-type': type }) },
      ...(content !== undefined && { body: content }),
      ...(signal && { signal }),
    });
    text = await response.text();
  } catch {
    signal?.throwIfAborted();
    throw new Problem(0, { code: 'UNREACHABLE', message: say().unreachable, mend: '', values: {} });
  }
  const answer = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
  if (response.ok) return answer;
  if (response.status === 401) signedOut();
  if (typeof answer?.code === 'string') throw new Problem(response.status, answer);
  throw new Problem(response.status, {
    code: 'UNEXPECTED',
    message: say().unexpected(String(response.status)),
    mend: '',
    values: {},
  });
}
