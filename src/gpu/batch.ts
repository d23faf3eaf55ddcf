// Batch: small calls in a row are recorded in one compute pass and submitted together, since to submit one takes longer than to compute it. Nobody can
// tell: whatever else is given to the queue flushes the batch first, and so does the end of the task. Only on a device that the engine requested,
// whose queue it may watch: on the caller's device each call is submitted by itself.

import { Commands, type Recording } from "./commands.ts";

/** Most calls that are submitted together. */
const MAX_CALLS = 32;

/** What the queue is asked for that may have to do with the buffers of a call. */
const METHODS = ["submit", "writeBuffer", "onSubmittedWorkDone"] as const;

export class Batch {
  readonly #device: GPUDevice;
  /** The queue's own method; undefined if there are no batches. */
  #submit: GPUQueue["submit"] | undefined;
  #open: Commands | undefined;
  #calls = 0;
  /** Calls of the next submit: doubled each time, so that an idle GPU starts with the first of a task. */
  #wanted = 1;
  #channel: MessageChannel | undefined;
  #scheduled = false;

  /** @param isOwn whether the engine requested the device */
  constructor(device: GPUDevice, isOwn: boolean) {
    this.#device = device;
    // Some implementations make an object each time that the queue is asked for: then it cannot be watched.
    if (isOwn && device.queue === device.queue) this.#watch(device.queue);
  }

  /** Computes a call: in the batch if it is small, else at once. */
  run(record: Recording, isSmall: boolean): void {
    if (!isSmall || !this.#submit) {
      const commands = this.#begin();
      record(commands);
      this.#device.queue.submit([commands.finish()]);
      return;
    }
    this.#open ??= this.#begin();
    record(this.#open);
    if (++this.#calls >= this.#wanted) {
      this.flush();
      this.#wanted = Math.min(2 * this.#wanted, MAX_CALLS);
    }
    this.#schedule();
  }

  /** Submits what is recorded. */
  flush(): void {
    const commands = this.#open;
    if (!commands) return;
    this.#open = undefined;
    this.#calls = 0;
    this.#submit!([commands.finish()]);
  }

  #begin(): Commands {
    return new Commands(this.#device.createCommandEncoder({ label: "convoke" }));
  }

  /** Flushes at the end of the task: a message is a task of its own, and unlike a timer it is neither delayed nor throttled. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (!this.#channel) {
      this.#channel = new MessageChannel();
      const { port1 } = this.#channel;
      port1.addEventListener("message", () => {
        this.#scheduled = false;
        this.#wanted = 1;
        this.flush();
      });
      port1.start();
      // Node would wait for messages.
      (port1 as { unref?: () => void }).unref?.();
    }
    this.#channel.port2.postMessage(0);
  }

  #watch(queue: GPUQueue): void {
    this.#submit = queue.submit.bind(queue);
    for (const method of METHODS) {
      const own = queue[method] as ((...given: unknown[]) => unknown) | undefined;
      if (!own) continue;
      const value = (...given: unknown[]): unknown => {
        this.flush();
        return own.apply(queue, given);
      };
      Object.defineProperty(queue, method, { value, configurable: true, writable: true });
    }
  }
}
