/**
 * The worker: takes jobs from the queue, lays out the prompt, asks the engine, publishes what it says.
 *
 *     const worker = startWorker({ queue, engine, personas, log });
 *     await worker.ready();
 *     ...
 *     await worker.close();      // running replies finish, or are handed back to the queue
 */
export type { Personas } from './turns.ts';
export { startWorker, type Worker, type WorkerOptions } from './worker.ts';
