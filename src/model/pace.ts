// Pace: long work on the page's thread in short pieces, with progress, that a signal or the end of the engine stops.
import type { GpuContext } from "../gpu/context.ts";

/** How far the compilation of a model is. */
export interface CompileProgress {
  readonly done: number;
  readonly total: number;
}

/** What a caller says about a wait. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: CompileProgress) => void) | undefined;
}

/** Longest that the page's thread is held. */
const MILLISECONDS = 20;

export class Pace {
  readonly #gpu: GpuContext;
  readonly #waiting: Waiting;
  #since = performance.now();

  constructor(gpu: GpuContext, waiting: Waiting) {
    this.#gpu = gpu;
    this.#waiting = waiting;
  }

  /** Reports progress, and waits if the page's thread was held for long. */
  async to(done: number, total: number): Promise<void> {
    this.#waiting.progress?.({ done, total });
    await this.wait();
  }

  /** Does work that yields between its pieces, and waits there; returns its result. */
  async through<Result>(work: Generator<void, Result>): Promise<Result> {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      await this.wait();
    }
  }

  /** @throws the signal's reason, or ConvError `destroyed` */
  async wait(): Promise<void> {
    if (performance.now() - this.#since > MILLISECONDS) {
      await new Promise<void>((resolve) => setTimeout(resolve));
      this.#since = performance.now();
    }
    this.#waiting.signal?.throwIfAborted();
    this.#gpu.memory.checkOpen();
  }
}
