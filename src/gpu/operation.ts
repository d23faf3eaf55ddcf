// Operation: steps on tensors that need no planning, compiled once for each set of shapes. All operations except convolution are such, and so is
// the gradient of a bias.
import { type Dtype, type TensorDtype, bytesFor } from "../base/dtype.ts";
import { elementCount } from "../base/shape.ts";
import type { Range } from "../kernel/dispatch.ts";
import type { Step } from "../kernel/step.ts";
import type { Layout } from "../problem/problem.ts";
import { checkBinding } from "./binding-limit.ts";
import { GpuContext } from "./context.ts";
import { Executable } from "./executable.ts";
import { ReadyCache } from "./ready-cache.ts";
import { recorded, submit } from "./submit.ts";
import { type Tensor, checkSameEngine, formatOf } from "./tensor.ts";
import { BufferUsage } from "./usage.ts";

/** A tensor without its values. */
export interface TensorDescription<D extends TensorDtype = Dtype> {
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly dtype: D;
}

/** The tensors that an operation creates, by name. */
export type Results = Readonly<Record<string, TensorDescription<TensorDtype>>>;

/** How an operation is computed. */
export interface Recipe {
  readonly steps: readonly Step<string>[];
  /** Scratch memory, bound as the operand "workspace". */
  readonly workspaceBytes?: number;
}

/** An operation on checked tensors. */
export interface Operation<R extends Results = Results> {
  /** The public name, used in GPU errors. */
  readonly name: string;
  /** The tensors it reads, under the names of the caller's arguments; the steps bind them by these names. */
  readonly inputs: Readonly<Record<string, Tensor<TensorDtype>>>;
  /** The tensors it creates. */
  readonly results: R;
  /** The inputs that it overwrites. */
  readonly updates?: readonly string[];
  /** Everything else that the recipe depends on, as plain data. */
  readonly parameters?: unknown;
  /** Numbers that change from call to call without changing the recipe, bound as the float32 operand "numbers". */
  readonly numbers?: readonly number[];
  /**
   * Returns the steps, which may depend only on the name, the tensor descriptions, the parameters and the adapter: they are compiled once and cached.
   * Not called if all that the operation writes is empty; steps of no invocations are dropped.
   */
  recipe(): Recipe;
}

/** Bytes of the tensors of an operation that takes no longer than its submission. */
const SMALL_BYTES = 2 ** 18;

const bytesOf = (tensors: Results): number =>
  Object.values(tensors).reduce((sum, { shape, dtype }) => sum + bytesFor(elementCount(shape), dtype), 0);

const isEmpty = ({ shape }: { readonly shape: readonly number[] }): boolean => shape.includes(0);

/** The range of a whole tensor, under the operation's name for it. */
export function whole(operand: string, { shape, dtype }: TensorDescription<TensorDtype>): Range {
  return { operand, offset: 0, size: bytesFor(elementCount(shape), dtype) };
}

/** The range of the first `count` of an operation's `numbers`. */
export function numbersRange(count: number): Range {
  return { operand: "numbers", offset: 0, size: bytesFor(count, "f32") };
}

/** Compiled operations in the cache; the least recently used is dropped first. Each takes less than a kilobyte of GPU memory. */
const MAX_READY = 1024;

/** A compiled operation. */
interface Ready {
  readonly executable: Executable;
  readonly workspaceBytes: number;
  /** The buffer of the operation's `numbers`, and what was written into it last. */
  readonly numbers?: { readonly buffer: GPUBuffer; written?: readonly number[] };
  destroy(): void;
}

/** The compiled operations of one engine. */
class ReadyOperations {
  readonly #gpu: GpuContext;
  readonly #cache: ReadyCache<Ready>;

  constructor(gpu: GpuContext) {
    this.#gpu = gpu;
    this.#cache = new ReadyCache(gpu, MAX_READY);
  }

  get(operation: Operation): Ready {
    return this.#cache.get(keyOf(operation), () => {
      const gpu = this.#gpu;
      const { steps, workspaceBytes = 0 } = planned(gpu, operation);
      const executable = new Executable(gpu, steps);
      const numbers = operation.numbers && { buffer: createNumbers(gpu, operation.numbers.length) };
      const destroy = (): void => {
        executable.destroy();
        if (numbers) gpu.memory.free(numbers.buffer);
      };
      return { executable, workspaceBytes, ...(numbers && { numbers }), destroy };
    });
  }

  destroy(): void {
    this.#cache.clear();
  }
}

/** @throws ConvError `too-large` if a part of the workspace exceeds a binding */
function planned(gpu: GpuContext, operation: Operation): Recipe {
  const { results, inputs, updates = [] } = operation;
  const written = [...Object.values(results), ...updates.map((name) => inputs[name]!)];
  if (written.every(isEmpty)) return { steps: [] };
  const recipe = operation.recipe();
  const largest = Math.max(...recipe.steps.flatMap(({ bindings }) => bindings.map(({ size }) => size)));
  checkBinding(gpu, "workspace", largest);
  return recipe;
}

/**
 * Runs an operation and returns the tensors it creates. Nothing waits for the GPU.
 * @throws ConvError `foreign-tensor` if inputs belong to different engines, `too-large` if a result exceeds a binding
 */
export function run<R extends Results>(
  operation: Operation<R>,
): { readonly [Name in keyof R]: Tensor<R[Name]["dtype"]> } {
  const { name, inputs, results, updates = [] } = operation;
  const gpu = checkSameEngine(inputs);
  for (const [result, { shape, dtype }] of Object.entries(results))
    checkBinding(gpu, result, bytesFor(elementCount(shape), dtype), shape);
  type Created = { [Name in keyof R]: Tensor<R[Name]["dtype"]> };
  const buffers: Record<string, GPUBuffer> = {};
  for (const [input, tensor] of Object.entries(inputs)) buffers[input] = tensor.storage;
  const { recorder } = gpu;
  if (recorder) {
    const made = { key: () => keyOf(operation), plan: () => planned(gpu, operation) };
    return recorded(gpu, recorder, { ...operation, ...made, buffers }) as Created;
  }
  const isPrivate = Object.values(inputs).every((tensor) => tensor.isPrivate);
  return gpu.errors.runPrivate(name, isPrivate, () => {
    const { executable, workspaceBytes, numbers } = gpu.attachedOrNew(ReadyOperations).get(operation);
    if (numbers) {
      writeNumbers(gpu, numbers, operation.numbers!);
      buffers["numbers"] = numbers.buffer;
    }
    const isSmall = bytesOf(inputs) + bytesOf(results) <= SMALL_BYTES;
    const created = submit(gpu, { label: name, buffers, results, workspaceBytes, isSmall }, (all) =>
      executable.bind(all),
    );
    for (const update of updates) inputs[update]!.updated();
    return created as Created;
  });
}

/** Writes the numbers of a call, unless they are those of the last one. */
function writeNumbers(gpu: GpuContext, into: NonNullable<Ready["numbers"]>, numbers: readonly number[]): void {
  if (into.written && numbers.every((number, at) => Object.is(number, into.written![at]))) return;
  gpu.errors.watch();
  // The queue keeps writes and submits in order: work submitted earlier still reads its own numbers.
  gpu.device.queue.writeBuffer(into.buffer, 0, Float32Array.from(numbers));
  into.written = [...numbers];
}

function createNumbers(gpu: GpuContext, length: number): GPUBuffer {
  const usage = BufferUsage.STORAGE | BufferUsage.COPY_DST;
  return gpu.memory.allocate("plans", { label: "convoke numbers", size: bytesFor(length, "f32"), usage });
}

function keyOf({ name, inputs, results, parameters }: Operation): string {
  let key = name;
  for (const operand in inputs) key += ` ${operand} ${formatOf(inputs[operand]!)}`;
  key += ":";
  for (const operand in results) key += ` ${operand} ${formatOf(results[operand]!)}`;
  return parameters === undefined ? key : `${key} ${JSON.stringify(parameters)}`;
}
