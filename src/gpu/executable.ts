// Executable: steps compiled for a device. Holds their pipelines, their uploaded uniforms, and bind groups for the latest buffers.
import { roundUp } from "../base/shape.ts";
import type { Step } from "../kernel/step.ts";
import { uniformBytes } from "../kernel/uniforms.ts";
import type { Operand } from "../problem/operand.ts";
import type { Recording } from "./batch.ts";
import type { GpuContext } from "./context.ts";
import { BufferUsage } from "./usage.ts";

/** Alignment of each step's uniform struct in the buffer of all of them (the default minUniformBufferOffsetAlignment). */
const UNIFORM_ALIGNMENT = 256;

/** Sets of buffers whose bind groups are cached: a network may have many layers of one shape. */
const MAX_BOUND = 256;

/** The buffer of each operand of a plan. */
export type OperandBuffers = Partial<Record<Operand, GPUBuffer>>;

/** The buffer of each operand, for steps whose operands have other names than those of convolution. */
type Buffers = Readonly<Partial<Record<string, GPUBuffer>>>;

/**
 * Bind groups found by the buffer of each operand in turn: of the operands so far, and by the buffer of the next. They are dropped when one of
 * their buffers is garbage-collected.
 */
interface Bound {
  groups?: readonly GPUBindGroup[];
  readonly next: WeakMap<GPUBuffer, Bound>;
}

export class Executable {
  readonly #gpu: GpuContext;
  readonly #steps: readonly Step<string>[];
  /** The operands that the steps bind. */
  readonly #operands: readonly string[];
  readonly #pipelines: readonly GPUComputePipeline[];
  readonly #uniforms: GPUBuffer;
  readonly #uniformRanges: readonly { readonly offset: number; readonly size: number }[];
  #bound: Bound = { next: new WeakMap() };
  #boundCount = 0;

  constructor(gpu: GpuContext, given: readonly Step<string>[]) {
    this.#gpu = gpu;
    const steps = given.filter(({ workgroups: [x] }) => x > 0);
    this.#steps = steps;
    this.#operands = [...new Set(steps.flatMap(({ bindings }) => bindings.map(({ operand }) => operand)))];
    this.#pipelines = steps.map((step) => gpu.pipelines.get(step.kernel));
    const structs = steps.map(({ kernel, uniforms }) => uniformBytes(kernel.shaders, kernel.constants, uniforms));
    let bytes = 0;
    this.#uniformRanges = structs.map(({ byteLength: size }) => {
      const offset = bytes;
      bytes += roundUp(size, UNIFORM_ALIGNMENT);
      return { offset, size };
    });
    this.#uniforms = gpu.memory.allocate("plans", {
      label: "convoke uniforms",
      size: Math.max(bytes, UNIFORM_ALIGNMENT),
      usage: BufferUsage.UNIFORM,
      mappedAtCreation: true,
    });
    const mapped = new Uint8Array(this.#uniforms.getMappedRange());
    structs.forEach((struct, index) => mapped.set(new Uint8Array(struct), this.#uniformRanges[index]!.offset));
    this.#uniforms.unmap();
  }

  /** Records every step, in order, in one compute pass. */
  encode(encoder: GPUCommandEncoder, buffers: Buffers): void {
    const pass = encoder.beginComputePass();
    this.record(pass, buffers);
    pass.end();
  }

  /** Records every step, in order, in a pass of the caller's. */
  record(pass: GPUComputePassEncoder, buffers: Buffers): void {
    this.bind(buffers)(pass);
  }

  /** Finds or creates the bind groups of buffers, and returns what records every step, in order, in a pass. */
  bind(buffers: Buffers): Recording {
    const groups = this.#bindGroups(buffers);
    return (pass) => this.#record(pass, groups);
  }

  #record(pass: GPUComputePassEncoder, groups: readonly GPUBindGroup[]): void {
    for (let index = 0; index < this.#steps.length; index++) {
      const [x, y, z] = this.#steps[index]!.workgroups;
      pass.setPipeline(this.#pipelines[index]!);
      pass.setBindGroup(0, groups[index]);
      pass.dispatchWorkgroups(x, y, z);
    }
  }

  /** Number of dispatches. */
  get dispatches(): number {
    return this.#steps.length;
  }

  destroy(): void {
    this.#gpu.memory.free(this.#uniforms);
  }

  #bindGroups(buffers: Buffers): readonly GPUBindGroup[] {
    let bound = this.#bound;
    for (const operand of this.#operands) {
      const buffer = buffers[operand];
      if (!buffer) throw new Error(`the plan needs a buffer for ${operand}`);
      let next = bound.next.get(buffer);
      if (!next) bound.next.set(buffer, (next = { next: new WeakMap() }));
      bound = next;
    }
    if (!bound.groups) {
      bound.groups = this.#steps.map((step, index) => this.#bindGroup(step, index, buffers));
      if (++this.#boundCount % MAX_BOUND === 0) this.#bound = { next: new WeakMap() };
    }
    return bound.groups;
  }

  #bindGroup(step: Step<string>, index: number, buffers: Buffers): GPUBindGroup {
    const uniforms = { buffer: this.#uniforms, ...this.#uniformRanges[index]! };
    const entries = step.bindings.map(({ binding, operand, offset, size }) => ({
      binding,
      resource: { buffer: buffers[operand]!, offset, size },
    }));
    this.#gpu.errors.creating();
    return this.#gpu.device.createBindGroup({
      layout: this.#pipelines[index]!.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: uniforms }, ...entries],
    });
  }
}
