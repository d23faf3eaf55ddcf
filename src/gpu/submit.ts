// Submission, the end of every eager call: allocates the results, and submits the work that computes them.
import { type TensorDtype, bytesFor } from "../base/dtype.ts";
import { elementCount } from "../base/shape.ts";
import type { Layout } from "../problem/problem.ts";
import type { Recording } from "./commands.ts";
import type { GpuContext } from "./context.ts";
import { TensorStorage } from "./memory.ts";
import type { Call, Recorder } from "./recorder.ts";
import { Tensor } from "./tensor.ts";
import { TENSOR_USAGE } from "./usage.ts";

type Descriptions<Result extends string, D> = Readonly<
  Record<Result, { readonly shape: readonly number[]; readonly layout: Layout; readonly dtype: D }>
>;

interface Submission<Result extends string, D> {
  readonly label: string;
  /** The existing buffers, by operand. */
  readonly buffers: Readonly<Partial<Record<string, GPUBuffer>>>;
  /** The tensors to create, by operand. */
  readonly results: Descriptions<Result, D>;
  readonly workspaceBytes: number;
  /** Whether the work takes no longer than its submission. */
  readonly isSmall?: boolean;
}

/**
 * Submits work, and returns the tensors it creates. If that throws, they are freed.
 * @param bind returns what records the work on buffers
 */
export function submit<Result extends string, D extends TensorDtype>(
  gpu: GpuContext,
  { label, buffers, results, workspaceBytes, isSmall = false }: Submission<Result, D>,
  bind: (buffers: Readonly<Record<string, GPUBuffer>>) => Recording,
): Record<Result, Tensor<D>> {
  const { memory, workspace, batch, errors } = gpu;
  const all = { ...buffers } as Record<string, GPUBuffer>;
  const created: GPUBuffer[] = [];
  try {
    for (const [operand, { shape, dtype }] of entriesOf(results)) {
      const size = bytesFor(elementCount(shape), dtype);
      const buffer = memory.reuse("tensors", { label: `convoke ${label} ${operand}`, size, usage: TENSOR_USAGE });
      created.push(buffer);
      all[operand] = buffer;
    }
    if (workspaceBytes > 0) all["workspace"] = workspace.acquire(workspaceBytes);
    const record = bind(all);
    // An error would invalidate the whole batch: what may fail is submitted by itself.
    batch.run(record, isSmall && !errors.watched);
  } catch (error) {
    for (const buffer of created) memory.free(buffer);
    throw error;
  }
  return tensorsOn(gpu, results, all, true);
}

/** Gives a call to the recorder instead, and returns the tensors it would create. */
export function recorded<Result extends string, D extends TensorDtype>(
  gpu: GpuContext,
  recorder: Recorder,
  call: Omit<Call, "results"> & { readonly results: Descriptions<Result, D> },
): Record<Result, Tensor<D>> {
  return tensorsOn(gpu, call.results, recorder.record(call), false);
}

function tensorsOn<Result extends string, D extends TensorDtype>(
  gpu: GpuContext,
  results: Descriptions<Result, D>,
  buffers: Readonly<Record<string, GPUBuffer>>,
  owned: boolean,
): Record<Result, Tensor<D>> {
  const tensors = entriesOf(results).map(([operand, { shape, layout, dtype }]) => [
    operand,
    new Tensor(gpu, new TensorStorage(gpu, buffers[operand]!, owned), shape, { layout, dtype }),
  ]);
  return Object.fromEntries(tensors) as Record<Result, Tensor<D>>;
}

function entriesOf<Result extends string, D>(results: Descriptions<Result, D>) {
  return Object.entries(results) as [Result, Descriptions<Result, D>[Result]][];
}
