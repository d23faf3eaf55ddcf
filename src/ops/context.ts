// What operations run on: the GPU of an engine, its convolutions, and what was compiled for the operations that ran last.
import { bytesFor } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { refuse, words } from "../error.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable } from "../gpu/executable.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import { checkTensor } from "../operands.ts";
import { elementCount } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import type { Operation, TensorDescription } from "./operation.ts";

/** The convolutions of the engine, for operations that are made of them. */
export type Convolutions = Pick<
  Engine,
  "conv" | "convTranspose" | "convBackwardData" | "convBackwardWeights" | "convBackwardBias"
>;

/** Operations kept ready; the least recently used goes first. Each holds under a kilobyte on the GPU. */
const MAX_KEPT = 1024;

interface Ready {
  readonly executable: Executable;
  readonly workspaceBytes: number;
}

export class OperationContext {
  readonly gpu: GpuContext;
  readonly convolutions: Convolutions;
  readonly #kept = new Map<string, Ready>();
  #generation = 0;

  constructor(gpu: GpuContext, convolutions: Convolutions) {
    this.gpu = gpu;
    this.convolutions = convolutions;
  }

  /**
   * A live tensor of this engine.
   * @throws ConvError naming the argument where it is none
   */
  check(argument: string, given: unknown): Tensor {
    return checkTensor(argument, given, this.gpu);
  }

  /** Runs an operation on checked tensors and returns the tensors it makes. It is submitted at once; nothing waits for it. */
  run<Result extends string>(operation: Operation<Result>): Record<Result, Tensor> {
    const { name, inputs, results, updates = [] } = operation;
    for (const [result, description] of Object.entries<TensorDescription>(results))
      this.#checkSize(result, description);
    const { memory, failures, device, arena } = this.gpu;
    return failures.watch(name, () => {
      const { executable, workspaceBytes } = this.#ready(operation);
      const buffers: Record<string, GPUBuffer> = {};
      for (const [input, tensor] of Object.entries(inputs)) buffers[input] = tensor.storage;
      const made: GPUBuffer[] = [];
      try {
        for (const [result, { shape, dtype }] of Object.entries<TensorDescription>(results)) {
          const size = bytesFor(elementCount(shape), dtype);
          const buffer = memory.allocate("tensors", { label: `convoke ${name}`, size, usage: TENSOR_USAGE });
          made.push(buffer);
          buffers[result] = buffer;
        }
        if (workspaceBytes > 0) buffers["workspace"] = arena.acquire(workspaceBytes);
        const encoder = device.createCommandEncoder({ label: "convoke" });
        executable.encode(encoder, buffers);
        device.queue.submit([encoder.finish()]);
      } catch (error) {
        for (const buffer of made) memory.free(buffer);
        throw error;
      }
      for (const update of updates) inputs[update]!.updated();
      return Object.fromEntries(
        Object.entries<TensorDescription>(results).map(([result, { shape, ...options }]) => [
          result,
          new Tensor(this.gpu, buffers[result]!, shape, options, true),
        ]),
      ) as Record<Result, Tensor>;
    });
  }

  /** Lets go of what is kept, whose buffers are freed with the engine's. */
  clear(): void {
    this.#kept.clear();
  }

  #checkSize(name: string, { shape, dtype }: TensorDescription): void {
    const bytes = bytesFor(elementCount(shape), dtype);
    const { maxStorageBufferBindingSize, maxBufferSize } = this.gpu.device.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (bytes > most)
      refuse(
        "too-large",
        name,
        words(`[${shape.join(", ")}], ${bytes} bytes`),
        `at most ${most} bytes, what this device binds at once`,
      );
  }

  #ready(operation: Operation): Ready {
    if (this.#generation !== this.gpu.generation) {
      this.#generation = this.gpu.generation;
      for (const { executable } of this.#kept.values()) executable.destroy();
      this.#kept.clear();
    }
    const key = keyOf(operation);
    let ready = this.#kept.get(key);
    if (ready) {
      this.#kept.delete(key);
    } else {
      const { steps, workspaceBytes = 0 } = operation.recipe();
      ready = { executable: new Executable(this.gpu, steps), workspaceBytes };
    }
    this.#kept.set(key, ready);
    if (this.#kept.size > MAX_KEPT) {
      const [oldest, dropped] = this.#kept.entries().next().value!;
      this.#kept.delete(oldest);
      dropped.executable.destroy();
    }
    return ready;
  }
}

function keyOf({ name, inputs, results, parameters }: Operation): string {
  const described = (tensors: Readonly<Record<string, TensorDescription>>): unknown =>
    Object.entries(tensors).map(([operand, { shape, layout, dtype }]) => [operand, shape, layout, dtype]);
  return JSON.stringify([name, described(inputs), described(results), parameters]);
}
