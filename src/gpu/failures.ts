// GPU-side failures (validation, out of memory, internal errors, a lost device) come back later and asynchronously. They are
// gathered here and reject the next read, with the cause.
import { ConvError, type ConvErrorCode } from "../base/error.ts";

/** The one that explains the others first: what is made of memory that there is not fails validation. */
const SCOPES: readonly GPUErrorFilter[] = ["out-of-memory", "internal", "validation"];

/** A loss is announced in its own promise, after the rejections that it causes: a turn of the event loop in Chromium, 0.1 s in Firefox. */
const LOSS_MILLISECONDS = 500;

export class Failures {
  readonly #device: GPUDevice;
  readonly #outOfMemory: () => void;
  readonly #pending = new Set<Promise<void>>();
  #first: ConvError | undefined;
  #lost: ConvError | undefined;
  /** Resolves when the device is lost, with the error that reads reject with from then on. */
  readonly lost: Promise<ConvError>;

  /** @param outOfMemory called when the GPU says that memory ran out */
  constructor(device: GPUDevice, outOfMemory: () => void) {
    this.#device = device;
    this.#outOfMemory = outOfMemory;
    this.lost = device.lost.then((info) => {
      this.#lost = new ConvError("device-lost", `device: lost (${info.reason}): ${info.message || "no message"}`);
      return this.#lost;
    });
  }

  /**
   * Runs GPU calls inside error scopes of their own; what they report is kept for the next `settle`.
   * @param failed called when they report anything
   */
  watch<T>(what: string, work: () => T, failed?: () => void): T {
    for (const scope of SCOPES) this.#device.pushErrorScope(scope);
    try {
      return work();
    } finally {
      const popped = SCOPES.map(() => this.#device.popErrorScope());
      this.#collect(what, popped.toReversed(), failed);
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
    await this.#lossWithin(LOSS_MILLISECONDS);
    return this.#lost ?? new ConvError("gpu-validation", `${what}: failed (${String(cause)})`, { cause });
  }

  /**
   * Throws where the device is lost.
   * @param cause what failed, if anything did, that the loss may be behind
   */
  async checkDevice(cause?: unknown): Promise<void> {
    await this.#lossWithin(cause === undefined || cause instanceof ConvError ? 0 : LOSS_MILLISECONDS);
    if (this.#lost) throw this.#lost;
  }

  async #lossWithin(milliseconds: number): Promise<void> {
    await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, milliseconds))]);
  }

  #collect(what: string, popped: readonly Promise<GPUError | null>[], failed: (() => void) | undefined): void {
    // Popping fails only on a lost device, which `lost` reports.
    const reports = popped.map((report) => report.catch(() => null));
    const pending = Promise.all(reports).then((errors) => {
      this.#pending.delete(pending);
      const at = errors.findIndex((error) => error !== null);
      if (at < 0) return;
      const [scope, cause] = [SCOPES[at]!, errors[at]!];
      const code: ConvErrorCode = scope === "out-of-memory" ? "out-of-memory" : "gpu-validation";
      this.#first ??= new ConvError(code, `${what}: the GPU reported ${scope}: ${cause.message}`, { cause });
      if (code === "out-of-memory") this.#outOfMemory();
      failed?.();
    });
    this.#pending.add(pending);
  }
}
