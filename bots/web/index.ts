/**
 * Our own page as a platform: what stands on it lies in Redis (`queue.shown`), from where every process that has the page open is
 * told. `WebChat` is what the page asks for; who may is decided by whoever serves it.
 */
export { userOf, WebChat, type WebPerson } from './chat.ts';
export { conversationOf } from './ids.ts';
export { type OpenedWebChat, openWebChat } from './open.ts';
