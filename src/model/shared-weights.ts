// Weights on the GPU that the compiled graphs of a model share: constants, and what is computed from them alone. They are found by what they hold:
// a constant by the memory of its elements, a result by the steps that compute it and what these read.
import type { GpuContext } from "../gpu/context.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import { memoryOf } from "./memory-of.ts";
import type { Cell } from "./recording.ts";
import type { Task } from "./tasks.ts";

interface Shared {
  readonly content: string;
  readonly generation: number;
  /** The graphs that hold it. */
  users: number;
}

export class SharedWeights {
  readonly #gpu: GpuContext;
  readonly #buffers = new Map<string, GPUBuffer>();
  readonly #shared = new Map<GPUBuffer, Shared>();

  constructor(gpu: GpuContext) {
    this.#gpu = gpu;
  }

  /** Returns the buffer that holds a content, if there is one; `free` lets go of it. */
  take(content: string): GPUBuffer | undefined {
    const buffer = this.#buffers.get(content);
    const shared = buffer && this.#shared.get(buffer)!;
    // An error of the GPU may have invalidated it.
    if (shared?.generation !== this.#gpu.generation) return undefined;
    shared.users++;
    return buffer;
  }

  /**
   * Lets other graphs take a buffer, once all that fills it is submitted.
   * @param generation the context's when it was created
   */
  offer(content: string, buffer: GPUBuffer, generation: number): void {
    const before = this.#buffers.get(content);
    if (before && this.#shared.get(before)!.generation === generation) return;
    this.#buffers.set(content, buffer);
    this.#shared.set(buffer, { content, generation, users: 1 });
  }

  /** Frees a buffer that was taken, offered or neither, with the last of its users. */
  free(buffer: GPUBuffer): void {
    const shared = this.#shared.get(buffer);
    if (shared && --shared.users > 0) return;
    if (shared && this.#buffers.get(shared.content) === buffer) this.#buffers.delete(shared.content);
    this.#shared.delete(buffer);
    this.#gpu.memory.free(buffer);
  }
}

/** Constants of at most this many bytes are told apart by their elements: passes make such ones for each graph. */
const SMALL = 256;

/** Returns a function that says in text what a constant, or a result of tasks on constants, holds: the same text for the same bytes. */
export function contentsOf(gpu: GpuContext, setup: readonly Task[]): (cell: Cell) => string {
  const contents = new Map<Cell, string>();
  const contentOf = (cell: Cell): string => contents.get(cell) ?? constantContent(cell);
  for (const { steps, operands, reads, writes } of setup) {
    const own = steps.map(({ kernel, ...rest }) => [kernelKey(kernel), rest]);
    const from = reads.map(contentOf);
    const names = Object.entries(operands);
    const places = names.map(([name, cell]) => [name, reads.indexOf(cell), writes.indexOf(cell)]);
    const id = gpu.idOf(JSON.stringify(["weights", own, from, places]));
    for (const [at, cell] of writes.entries()) contents.set(cell, `${id} ${at}`);
  }
  return contentOf;
}

function constantContent({ source, bytes }: Cell): string {
  const { data, dtype } = source!;
  const { buffer, byteOffset, byteLength } = data!;
  const what = bytes <= SMALL ? new Uint8Array(buffer, byteOffset, byteLength).join() : memoryOf(data!).join();
  return `${dtype} ${bytes} ${what}`;
}
