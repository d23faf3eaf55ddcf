// Routine: a function that calls the engine's, compiled for inputs of given shapes. It is called once, on stand-ins for tensors, and the calls are
// recorded instead of computed (gpu/recorder.ts). From then on only the buffers change.
import { bytesFor } from "../base/dtype.ts";
import { elementCount } from "../base/shape.ts";
import { preparationText } from "../conv/runner.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable } from "../gpu/executable.ts";
import { TensorStorage, createPrepared } from "../gpu/memory.ts";
import type { Call } from "../gpu/recorder.ts";
import { Tensor } from "../gpu/tensor.ts";
import { BufferUsage } from "../gpu/usage.ts";
import type { Step } from "../kernel/step.ts";
import type { Layout } from "../problem/problem.ts";

/** What a routine computes. */
export interface Definition {
  /** The inputs, in the shapes and layouts that `compute` takes. */
  readonly inputs: readonly { readonly shape: readonly number[]; readonly layout: Layout }[];
  /** The index of the weights, if there are any: what is computed from them alone is kept with them. */
  readonly weights?: number | undefined;
  readonly compute: (...inputs: Tensor[]) => Tensor;
}

/** Memory that the calls read or write. It stands for a buffer while they are recorded. */
interface Cell {
  /** Its place among all cells of the routine; the inputs come first. */
  readonly index: number;
  readonly bytes: number;
  /** How it is computed, if from the weights alone. */
  readonly fromWeights: string | undefined;
}

/** Steps, compiled, and the cells that they read, by operand. */
interface Part {
  readonly executable: Executable;
  readonly reads: readonly (readonly [operand: string, cell: number])[];
}

/** A recorded call, compiled. */
interface Stage extends Part {
  readonly writes: readonly (readonly [operand: string, cell: Cell])[];
  readonly workspaceBytes: number;
  /** What packs an operand, and the key under which the weights keep the result; without one it is packed in every run. */
  readonly preparation?: Part & { readonly bytes: number; readonly key: number | undefined };
}

type Buffers = Record<string, GPUBuffer>;
/** The buffer of each cell, by its index. */
type Cells = (GPUBuffer | undefined)[];

const asBuffer = (cell: Cell): GPUBuffer => cell as unknown as GPUBuffer;
const asCell = (buffer: GPUBuffer): Cell => buffer as unknown as Cell;

/** The buffers of a run, and where it is recorded. */
export interface Run {
  readonly inputs: readonly GPUBuffer[];
  readonly output: GPUBuffer;
  /** What is kept with the weights. */
  readonly kept: TensorStorage | undefined;
  /** Returns the open pass. Memory that is freed in between ends it: ask again before recording. */
  readonly pass: () => GPUComputePassEncoder;
}

export class Routine {
  /** Number of dispatches of a run, without what is kept with the weights. */
  readonly dispatches: number;
  readonly #gpu: GpuContext;
  readonly #stages: Stage[] = [];
  /** The stages whose results the weights keep, with the key, by the index of the result. */
  readonly #kept = new Map<number, { readonly stage: Stage; readonly key: number }>();
  readonly #result: number;

  /** @throws ConvError if the engine refuses the calls */
  constructor(gpu: GpuContext, definition: Definition) {
    this.#gpu = gpu;
    const { calls, result } = recordCalls(gpu, definition);
    this.#result = result.index;
    try {
      for (const call of calls) {
        const stage = this.#compile(call);
        const [[, made]] = call.writes as [[string, Cell]];
        if (made.fromWeights === undefined) this.#stages.push(stage);
        else this.#kept.set(made.index, { stage, key: gpu.idOf(made.fromWeights) });
      }
    } catch (error) {
      this.destroy();
      throw error;
    }
    if (!this.#stages.some(({ writes }) => writes.some(([, { index }]) => index === result.index)))
      throw new Error("no call computes the result");
    this.dispatches = this.#stages.reduce((sum, { executable }) => sum + executable.dispatches, 0);
  }

  /** Compiles the kernels of a definition without blocking the page. */
  static prepare(gpu: GpuContext, definition: Definition): Promise<unknown> {
    const plans = recordCalls(gpu, definition).calls.map(({ plan }) => plan());
    const steps = plans.flatMap(({ steps: own, preparation }) => [...own, ...(preparation?.steps ?? [])]);
    return Promise.all(steps.map(({ kernel }) => gpu.pipelines.prepare(kernel)));
  }

  /** Records a run. */
  run(given: Run): void {
    const { memory } = this.#gpu;
    const cells: Cells = [...given.inputs];
    cells[this.#result] = given.output;
    const temporary: GPUBuffer[] = [];
    try {
      for (const stage of this.#stages) {
        for (const [, { index, bytes }] of stage.writes) {
          if (cells[index]) continue;
          cells[index] = memory.reuse("workspace", {
            label: "convoke intermediate",
            size: bytes,
            usage: BufferUsage.STORAGE,
          });
          temporary.push(cells[index]);
        }
        this.#record(stage, cells, given);
      }
    } finally {
      // Whatever uses them next is recorded after this.
      for (const buffer of temporary) memory.recycle(buffer);
    }
  }

  destroy(): void {
    for (const { executable, preparation } of [
      ...this.#stages,
      ...[...this.#kept.values()].map(({ stage }) => stage),
    ]) {
      executable.destroy();
      preparation?.executable.destroy();
    }
  }

  #compile({ plan, reads, writes }: RecordedCall): Stage {
    const gpu = this.#gpu;
    const { steps, preparation, workspaceBytes = 0 } = plan();
    const partOf = (own: readonly Step<string>[]): Part => {
      const bound = new Set(own.flatMap(({ bindings }) => bindings.map(({ operand }) => operand)));
      const read = reads.filter(([operand]) => bound.has(operand));
      return { executable: new Executable(gpu, own), reads: read.map(([operand, { index }]) => [operand, index]) };
    };
    const stage = { ...partOf(steps), writes, workspaceBytes };
    if (!preparation) return stage;
    try {
      const packing = partOf(preparation.steps);
      const source = reads.find(([, { index }]) => packing.reads.some(([, cell]) => cell === index));
      const text = source?.[1].fromWeights;
      const key = text === undefined ? undefined : gpu.idOf(`${text} ${preparationText(preparation)}`);
      return { ...stage, preparation: { ...packing, bytes: preparation.bytes, key } };
    } catch (error) {
      stage.executable.destroy();
      throw error;
    }
  }

  #record(stage: Stage, cells: Cells, run: Run): void {
    const { transientPrepared, memory } = this.#gpu;
    const { preparation, workspaceBytes } = stage;
    const own: Buffers = {};
    for (const [operand, { index }] of stage.writes) own[operand] = cells[index]!;
    if (preparation) {
      const { key, bytes } = preparation;
      const pack = (prepared: GPUBuffer): GPUBuffer => {
        this.#recordPart(preparation, { prepared }, workspaceBytes, cells, run);
        return prepared;
      };
      own["prepared"] =
        key === undefined
          ? pack(transientPrepared.acquire(bytes))
          : run.kept!.prepared(key, () => pack(createPrepared(memory, bytes)));
    }
    this.#recordPart(stage, own, workspaceBytes, cells, run);
  }

  #recordPart({ executable, reads }: Part, own: Buffers, workspaceBytes: number, cells: Cells, run: Run): void {
    const buffers: Buffers = { ...own };
    for (const [operand, cell] of reads) buffers[operand] = cells[cell] ?? this.#keptCell(cell, cells, run);
    if (workspaceBytes > 0) buffers["workspace"] = this.#gpu.workspace.acquire(workspaceBytes);
    executable.record(run.pass(), buffers);
  }

  /** The buffer of a cell that the weights keep, computed now if they do not yet. */
  #keptCell(index: number, cells: Cells, run: Run): GPUBuffer {
    const { stage, key } = this.#kept.get(index)!;
    const [[, { bytes }]] = stage.writes as [[string, Cell]];
    return (cells[index] = run.kept!.prepared(key, () => {
      const made = createPrepared(this.#gpu.memory, bytes);
      cells[index] = made;
      this.#record(stage, cells, run);
      return made;
    }));
  }
}

interface RecordedCall extends Pick<Call, "plan"> {
  readonly reads: readonly (readonly [operand: string, cell: Cell])[];
  readonly writes: readonly (readonly [operand: string, cell: Cell])[];
}

/** Records the calls of a definition. */
function recordCalls(gpu: GpuContext, { inputs, weights, compute }: Definition) {
  const calls: RecordedCall[] = [];
  let count = 0;
  const cell = (bytes: number, fromWeights?: string): Cell => ({ index: count++, bytes, fromWeights });
  const tensors = inputs.map(({ shape, layout }, index) => {
    const input = cell(bytesFor(elementCount(shape), "f32"), index === weights ? "weights" : undefined);
    return new Tensor(gpu, new TensorStorage(gpu, asBuffer(input), false), shape, { layout, dtype: "f32" });
  });
  gpu.recorder = {
    record: ({ buffers, results, key, plan }) => {
      const reads = Object.entries(buffers).map(([operand, buffer]) => [operand, asCell(buffer!)] as const);
      const derived = reads.every(([, { fromWeights }]) => fromWeights !== undefined);
      const text = derived ? `${reads.map(([, { fromWeights }]) => fromWeights).join()} ${key()}` : undefined;
      const writes = Object.entries(results).map(
        ([operand, { shape, dtype }]) => [operand, cell(bytesFor(elementCount(shape), dtype), text)] as const,
      );
      calls.push({ plan, reads, writes });
      return Object.fromEntries(writes.map(([operand, made]) => [operand, asBuffer(made)]));
    },
  };
  try {
    return { calls, result: asCell(compute(...tensors).storage) };
  } finally {
    gpu.recorder = undefined;
  }
}
