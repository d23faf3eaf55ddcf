// What operations run on: the GPU of an engine, its convolutions, and what was compiled for the operations that ran last.
import { bytesFor } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { refuse, words } from "../../error.ts";
import type { GpuContext } from "../../gpu/context.ts";
import { Executable } from "../../gpu/executable.ts";
import { Kept } from "../../gpu/kept.ts";
import { BufferUsage, TENSOR_USAGE } from "../../gpu/usage.ts";
import { checkTensor } from "../../operands.ts";
import type { Step } from "../../plan.ts";
import { elementCount } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import type { Operation, TensorDescription } from "./operation.ts";

/** The convolutions of the engine, for operations that are made of them. */
export type Convolutions = Pick<
  Engine,
  | "conv"
  | "convTranspose"
  | "convBackwardData"
  | "convBackwardWeights"
  | "convBackwardBias"
  | "convTransposeBackwardData"
  | "convTransposeBackwardWeights"
>;

/** Operations kept ready; the least recently used goes first. Each holds under a kilobyte on the GPU. */
const MAX_KEPT = 1024;

interface Ready {
  readonly executable: Executable;
  readonly workspaceBytes: number;
  /** Holds what changes from call to call. */
  readonly numbers?: GPUBuffer;
  destroy(): void;
}

export class OperationContext {
  readonly gpu: GpuContext;
  readonly convolutions: Convolutions;
  readonly #kept: Kept<Ready>;

  constructor(gpu: GpuContext, convolutions: Convolutions) {
    this.gpu = gpu;
    this.convolutions = convolutions;
    this.#kept = new Kept(gpu, MAX_KEPT);
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
      const { executable, workspaceBytes, numbers } = this.#ready(operation);
      const buffers: Record<string, GPUBuffer> = {};
      if (numbers) {
        // The queue runs writes and submitted work in their order: what was submitted before still reads its own.
        device.queue.writeBuffer(numbers, 0, Float32Array.from(operation.numbers!));
        buffers["numbers"] = numbers;
      }
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

  /** Destroys what is kept. */
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
    return this.#kept.ready(keyOf(operation), () => {
      const { steps, workspaceBytes = 0 } = operation.recipe();
      this.#checkWorkspace(steps);
      const executable = new Executable(this.gpu, steps);
      const numbers = operation.numbers && this.#createNumbers(operation.numbers);
      const destroy = (): void => {
        executable.destroy();
        if (numbers) this.gpu.memory.free(numbers);
      };
      return { executable, workspaceBytes, ...(numbers && { numbers }), destroy };
    });
  }

  #checkWorkspace(steps: readonly Step<string>[]): void {
    const { maxStorageBufferBindingSize: most } = this.gpu.device.limits;
    const largest = Math.max(...steps.flatMap(({ bindings }) => bindings.map(({ size }) => size)));
    if (largest > most)
      refuse(
        "too-large",
        "workspace",
        words(`${largest} bytes`),
        `at most ${most} bytes, what this device binds at once`,
      );
  }

  #createNumbers({ length }: readonly number[]): GPUBuffer {
    const usage = BufferUsage.STORAGE | BufferUsage.COPY_DST;
    return this.gpu.memory.allocate("plans", { label: "convoke numbers", size: bytesFor(length, "f32"), usage });
  }
}

function keyOf({ name, inputs, results, parameters }: Operation): string {
  const described = (tensors: Readonly<Record<string, TensorDescription>>): unknown =>
    Object.entries(tensors).map(([operand, { shape, layout, dtype }]) => [operand, shape, layout, dtype]);
  return JSON.stringify([name, described(inputs), described(results), parameters]);
}
