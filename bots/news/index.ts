/** What is going on: feeds that the operator names, read on a schedule into the queue. */
export { isPublic } from './address.ts';
export { type Fetched, fetchFeed } from './fetch.ts';
export { headlinesOf } from './parse.ts';
export { type NewsOptions, startNews } from './reader.ts';
