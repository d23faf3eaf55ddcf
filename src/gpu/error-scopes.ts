// Error scopes: WebGPU reports validation errors, exhausted memory, internal errors and a lost device asynchronously. This file collects them,
// and the first one rejects the next read, with its cause.
import { ConvError, type ConvErrorCode } from "../base/error.ts";

/** Most explanatory first: a failed allocation also fails validation. */
const FILTERS: readonly GPUErrorFilter[] = ["out-of-memory", "internal", "validation"];

/**
 * How long to wait for `device.lost` after a rejection that a loss may have caused. It resolves later than the rejection: by a turn of the event
 * loop in Chromium, by 0.1 s in Firefox.
 */
const LOSS_MILLISECONDS = 500;

/** GPU calls that are being made. */
interface Running {
  /** Name of the work in errors. */
  readonly name: string;
  /** Called if there are errors. */
  readonly failed?: (() => void) | undefined;
  /** The work that it is part of. */
  readonly outer: Running | undefined;
  /** Whether it has scopes. */
  open: boolean;
  /** Whether it creates objects that later work uses. */
  creates: boolean;
}

export class ErrorScopes {
  readonly #device: GPUDevice;
  readonly #outOfMemory: () => void;
  readonly #pending = new Set<Promise<void>>();
  #running: Running | undefined;
  /** Number of works whose objects may yet turn out to be invalid. */
  #unsettled = 0;
  /** Whether there was an error: objects that it made invalid may be in caches. */
  #failed = false;
  #first: ConvError | undefined;
  #lost: ConvError | undefined;
  /** Resolves when the device is lost, with the error that reads reject with from then on. */
  readonly lost: Promise<ConvError>;

  /** @param outOfMemory called when the GPU reports that memory ran out */
  constructor(device: GPUDevice, outOfMemory: () => void) {
    this.#device = device;
    this.#outOfMemory = outOfMemory;
    this.lost = device.lost.then((info) => {
      this.#lost = new ConvError("device-lost", `device: lost (${info.reason}): ${info.message || "no message"}`);
      return this.#lost;
    });
  }

  /**
   * Runs GPU calls in error scopes of their own; the next `settle` throws the errors they report.
   * @param name name of the work in those errors
   * @param failed called if there are any
   */
  run<T>(name: string, work: () => T, failed?: () => void): T {
    return this.#enter({ name, failed }, true, work);
  }

  /**
   * Like `run`, for work that cannot fail unless it creates something: it has no scopes before `creating` or `watch` is called. They cost as much as
   * a small kernel.
   * @param isPrivate whether the caller has none of its buffers: they are valid if their creation was
   */
  runPrivate<T>(name: string, isPrivate: boolean, work: () => T): T {
    return this.#enter({ name }, !isPrivate || this.#unsettled > 0 || this.#failed, work);
  }

  /** Whether errors of GPU calls that are made now may belong to them: they have scopes, or those of the caller. */
  get watched(): boolean {
    return this.#running?.open ?? true;
  }

  /** Called before a GPU call that may fail on valid objects. */
  watch(): void {
    if (this.#running) this.#open(this.#running);
  }

  /** Called before an object is created that later work uses. */
  creating(): void {
    this.watch();
    for (let running = this.#running; running; running = running.outer) running.creates = true;
  }

  #enter<T>(named: Pick<Running, "name" | "failed">, open: boolean, work: () => T): T {
    const outer = this.#running;
    const running: Running = { ...named, outer, open: false, creates: false };
    this.#running = running;
    if (open) this.#open(running);
    try {
      return work();
    } finally {
      this.#running = outer;
      if (running.open) this.#close(running);
    }
  }

  #open(running: Running): void {
    if (running.open) return;
    // Scopes are a stack.
    if (running.outer) this.#open(running.outer);
    running.open = true;
    for (const filter of FILTERS) this.#device.pushErrorScope(filter);
  }

  /** Waits for the reports on all work so far and throws the first error, once. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
    if (this.#lost) throw this.#lost;
    const first = this.#first;
    this.#first = undefined;
    if (first) throw first;
  }

  /** Returns the error to throw for a rejected GPU promise: the loss of the device, if that is the cause. */
  async explain(name: string, cause: unknown): Promise<ConvError> {
    await this.#lossWithin(LOSS_MILLISECONDS);
    return this.#lost ?? new ConvError("gpu-validation", `${name}: failed (${String(cause)})`, { cause });
  }

  /**
   * Throws if the device is lost.
   * @param cause an error that a loss may explain: the call then waits for the report of one
   */
  async checkDevice(cause?: unknown): Promise<void> {
    await this.#lossWithin(cause === undefined || cause instanceof ConvError ? 0 : LOSS_MILLISECONDS);
    if (this.#lost) throw this.#lost;
  }

  async #lossWithin(milliseconds: number): Promise<void> {
    await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, milliseconds))]);
  }

  #close({ name, failed, creates }: Running): void {
    // popErrorScope rejects only on a lost device, which `lost` reports.
    const reports = FILTERS.map(() => this.#device.popErrorScope().catch(() => null));
    if (creates) this.#unsettled++;
    const pending = Promise.all(reports.toReversed()).then((errors) => {
      this.#pending.delete(pending);
      if (creates) this.#unsettled--;
      const at = errors.findIndex((error) => error !== null);
      if (at < 0) return;
      this.#failed = true;
      const [filter, cause] = [FILTERS[at]!, errors[at]!];
      const code: ConvErrorCode = filter === "out-of-memory" ? "out-of-memory" : "gpu-validation";
      this.#first ??= new ConvError(code, `${name}: the GPU reported ${filter}: ${cause.message}`, { cause });
      if (code === "out-of-memory") this.#outOfMemory();
      failed?.();
    });
    this.#pending.add(pending);
  }
}
