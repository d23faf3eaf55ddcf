// GPU-side failures (validation, out of memory, internal errors, a lost device) come back later and asynchronously. They are
// gathered here and reject the next read, with the cause.
import { ConvError, type ConvErrorCode } from "../error.ts";

const SCOPES: readonly GPUErrorFilter[] = ["validation", "out-of-memory", "internal"];

export class Failures {
  readonly #device: GPUDevice;
  readonly #pending = new Set<Promise<void>>();
  #first: ConvError | undefined;
  #lost: ConvError | undefined;
  /** Resolves when the device is lost, with the error that reads reject with from then on. */
  readonly lost: Promise<ConvError>;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.lost = device.lost.then((info) => {
      this.#lost = new ConvError("device-lost", `device: lost (${info.reason}): ${info.message || "no message"}`);
      return this.#lost;
    });
  }

  /** Runs GPU calls inside error scopes of their own; what they report is kept for the next `settle`. */
  watch<T>(what: string, work: () => T): T {
    for (const scope of SCOPES) this.#device.pushErrorScope(scope);
    try {
      return work();
    } finally {
      for (const scope of SCOPES.toReversed()) this.#collect(what, scope, this.#device.popErrorScope());
    }
  }

  /** Waits for what has been reported so far; throws the first failure, once. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
    if (this.#lost) throw this.#lost;
    const failure = this.#first;
    this.#first = undefined;
    if (failure) throw failure;
  }

  /** The error for a rejection while waiting on the GPU: the loss of the device where that is the cause. */
  async explain(what: string, cause: unknown): Promise<ConvError> {
    // A loss is announced in its own promise, one turn of the event loop or so after the rejection it causes.
    await new Promise((resolve) => setTimeout(resolve, 0));
    return this.#lost ?? new ConvError("gpu-validation", `${what}: failed (${String(cause)})`, { cause });
  }

  #collect(what: string, scope: GPUErrorFilter, popped: Promise<GPUError | null>): void {
    const code: ConvErrorCode = scope === "out-of-memory" ? "out-of-memory" : "gpu-validation";
    const pending = popped
      .then((error) => {
        if (error)
          this.#first ??= new ConvError(code, `${what}: the GPU reported ${scope}: ${error.message}`, { cause: error });
      })
      // Popping fails only on a lost device, which `lost` reports.
      .catch(() => undefined)
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}
