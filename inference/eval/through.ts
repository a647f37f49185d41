import type { Engine, GenerateRequest, Piece } from '../engine/index.ts';

/** An engine that hands everything on to another; what it does differently is up to those that extend it. */
export abstract class Through implements Engine {
  protected readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  abstract generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<Piece>;

  get name() {
    return this.engine.name;
  }
  get config() {
    return this.engine.config;
  }
  get tokenizer() {
    return this.engine.tokenizer;
  }
  get context() {
    return this.engine.context;
  }
  stats() {
    return this.engine.stats();
  }
  close() {
    return this.engine.close();
  }
}
