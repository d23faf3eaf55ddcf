// A compiled graph: its memory, its pipelines and its bind groups for inputs of given shapes. A run only records and submits.
import type { TensorDtype } from "../base/dtype.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable } from "../gpu/executable.ts";
import { TensorStorage } from "../gpu/memory.ts";
import { Tensor } from "../gpu/tensor.ts";
import type { ScratchTextures } from "../gpu/texture-copies.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import type { Step } from "../kernel/step.ts";
import { placedStep } from "./placed-step.ts";
import type { Placement } from "./placement.ts";
import type { Cell, RecordedOutput, Recording } from "./recording.ts";
import type { Task } from "./tasks.ts";

/** Most seconds of a submit by estimate: the page draws and answers between submits. */
const SUBMIT_SECONDS = 0.1;

/** Consecutive steps of one submit that bind the same of the caller's buffers. */
interface Segment {
  readonly executable: Executable;
  /** The submit that it is part of, from 0. */
  readonly submit: number;
}

/** A compiled graph. */
export class CompiledGraph {
  readonly #gpu: GpuContext;
  readonly #placement: Placement;
  readonly #segments: Segment[] = [];
  /** The textures of a run, which all segments share. */
  readonly #textures: ScratchTextures | undefined;
  readonly #outputs: Recording["outputs"];
  /** The buffers of the caller's inputs, by the graph's names. */
  readonly #inputs: Recording["inputs"];
  /** The generation of the context in which it was compiled. */
  readonly generation: number;
  /** How it is computed, in text. */
  readonly explanation: string;

  /** Takes the placement over, and frees it if it throws. All pipelines are compiled. */
  constructor(
    gpu: GpuContext,
    { inputs, outputs }: Recording,
    { segments, explanation }: { readonly segments: readonly PlacedSegment[]; readonly explanation: string },
    placement: Placement,
  ) {
    this.#gpu = gpu;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#placement = placement;
    this.generation = placement.generation;
    this.explanation = explanation;
    const textures = (this.#textures = gpu.textures?.others());
    try {
      for (const { steps, submit } of segments) {
        const executable = new Executable(gpu, steps);
        this.#segments.push({ executable, submit });
        if (textures) gpu.errors.run("model", () => executable.reserve(textures));
      }
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  /** Runs on the buffers of the inputs, by name, and returns new tensors. The work is submitted at once. */
  run(inputs: ReadonlyMap<string, GPUBuffer>): Record<string, Tensor<TensorDtype>> {
    const { device, memory, errors } = this.#gpu;
    return errors.run("model", () => {
      const created = new Map<string, GPUBuffer>();
      try {
        for (const [name, { cell }] of this.#outputs) {
          const label = `convoke model ${name}`;
          created.set(name, memory.reuse("tensors", { label, size: cell.bytes, usage: TENSOR_USAGE }));
        }
        const buffers = this.#buffers(inputs, created);
        for (let submit = 0; submit < submitsOf(this.#segments); submit++) {
          const encoder = device.createCommandEncoder({ label: "convoke model" });
          for (const segment of this.#segments)
            if (segment.submit === submit) segment.executable.encode(encoder, buffers, this.#textures);
          device.queue.submit([encoder.finish()]);
        }
      } catch (error) {
        for (const buffer of created.values()) memory.free(buffer);
        throw error;
      }
      const tensors = [...this.#outputs].map(([name, { shape, layout, dtype }]) => {
        const storage = new TensorStorage(this.#gpu, created.get(name)!, true);
        return [name, new Tensor(this.#gpu, storage, shape, { layout, dtype })] as const;
      });
      return Object.fromEntries(tensors);
    });
  }

  /** Records a run on the caller's encoder. */
  encode(
    encoder: GPUCommandEncoder,
    inputs: ReadonlyMap<string, GPUBuffer>,
    outputs: ReadonlyMap<string, GPUBuffer>,
  ): void {
    const buffers = this.#buffers(inputs, outputs);
    for (const { executable } of this.#segments) executable.encode(encoder, buffers, this.#textures);
  }

  /** The buffers that the segments bind, with those of a run. */
  #buffers(
    inputs: ReadonlyMap<string, GPUBuffer>,
    outputs: ReadonlyMap<string, GPUBuffer>,
  ): Readonly<Record<string, GPUBuffer>> {
    const buffers: Record<string, GPUBuffer> = { ...this.#placement.buffers };
    const { placeOf } = this.#placement;
    for (const [name, cell] of this.#inputs) buffers[placeOf(cell).buffer] = inputs.get(name)!;
    for (const [name, { cell }] of this.#outputs) buffers[placeOf(cell).buffer] = outputs.get(name)!;
    return buffers;
  }

  /** The inputs by name. */
  get inputs(): ReadonlyMap<string, Cell> {
    return this.#inputs;
  }

  /** The outputs by name. */
  get outputs(): ReadonlyMap<string, RecordedOutput> {
    return this.#outputs;
  }

  /** Frees the GPU memory. Work already submitted still completes. */
  destroy(): void {
    for (const { executable } of this.#segments) executable.destroy();
    this.#textures?.release();
    this.#placement.destroy();
  }
}

/** Consecutive steps of one submit, on the buffers of a placement. */
export interface PlacedSegment {
  readonly steps: readonly Step<string>[];
  readonly submit: number;
}

/** Number of submits of a run. */
export function submitsOf(segments: readonly { readonly submit: number }[]): number {
  return (segments.at(-1)?.submit ?? -1) + 1;
}

/** Divides the steps of tasks into segments, and binds them to the buffers of a placement. */
export function segmentsOf(
  tasks: readonly Task[],
  placement: Pick<Placement, "placeOf" | "isOfCaller">,
): PlacedSegment[] {
  const segments: { steps: Step<string>[]; submit: number; callers: string }[] = [];
  let submit = 0;
  let spent = 0;
  for (const { steps, operands, seconds } of tasks) {
    for (const [at, step] of steps.entries()) {
      if (step.workgroups[0] === 0) continue;
      if (spent > 0 && spent + seconds[at]! > SUBMIT_SECONDS) [submit, spent] = [submit + 1, 0];
      spent += seconds[at]!;
      const cells = step.bindings.map(({ operand }) => operands[operand]!);
      const callers = [...new Set(cells.filter((cell) => placement.isOfCaller(cell)))]
        .map((cell) => placement.placeOf(cell).buffer)
        .toSorted()
        .join();
      const last = segments.at(-1);
      const segment = last?.submit === submit && last.callers === callers ? last : { steps: [], submit, callers };
      if (segment !== last) segments.push(segment);
      segment.steps.push(placedStep(step, operands, placement));
    }
  }
  return segments;
}
