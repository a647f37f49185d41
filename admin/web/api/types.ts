import type { z } from 'zod';
import type { Route, routes } from '../../api/index.ts';

/** All routes, as types: no zod reaches the browser. */
type Routes = (typeof routes)[keyof typeof routes];
export type Method = Route['method'];

/** The routes that can be asked with a method, by address; the streams; the files. */
type Asked<M extends Method> = {
  [R in Exclude<Extract<Routes, { method: M }>, { events: unknown } | { contentType: string }> as R['url']]: R;
};
type Streams = { [R in Extract<Routes, { events: unknown }> as R['url']]: R };
type Files = { [R in Extract<Routes, { contentType: string }> as R['url']]: R };

export type Url<M extends Method> = keyof Asked<M> & string;
export type RouteOf<M extends Method, U extends Url<M>> = Asked<M>[U];
export type StreamUrl = keyof Streams;
export type StreamOf<U extends StreamUrl> = Streams[U];
export type FileUrl = keyof Files;
export type FileOf<U extends FileUrl> = Files[U];

type Input<R, Name extends string> = R extends { [Key in Name]: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : never;
type Given<R, Name extends string, As extends string> = [Input<R, Name>] extends [never]
  ? object
  : { [Key in As]: Input<R, Name> };
type Maybe<R, Name extends string, As extends string> = [Input<R, Name>] extends [never]
  ? object
  : { [Key in As]?: Input<R, Name> };

/** What goes into a route's path and query. */
export type Place<R> = Given<R, 'params', 'params'> & Maybe<R, 'querystring', 'query'>;
/** Everything that a request needs. */
export type Request<R> = Place<R> &
  Given<R, 'body', 'body'> & { signal?: AbortSignal /** Sent as it is, instead of a body. */; file?: Blob };
/** What comes back; nothing where the answer has no body. */
export type Answer<R> = R extends { response: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;
/** The events of a stream, by name. */
export type Events<R> = R extends { events: infer All }
  ? { [Name in keyof All]: All[Name] extends z.ZodType ? z.output<All[Name]> : never }
  : never;
