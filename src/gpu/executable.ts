// Executable: steps compiled for a device. Holds their pipelines, their uploaded uniforms, and bind groups for the latest buffers. Before a step that loads
// an operand as a texture, it copies that into one.
import { roundUp } from "../base/shape.ts";
import type { Step } from "../kernel/step.ts";
import { uniformBytes } from "../kernel/uniforms.ts";
import type { Operand } from "../problem/operand.ts";
import { Commands, type Recording, type Target } from "./commands.ts";
import type { GpuContext } from "./context.ts";
import type { Buffers, ScratchTextures, StepCopies } from "./texture-copies.ts";
import { BufferUsage } from "./usage.ts";

/** Alignment of each step's uniform struct in the buffer of all of them (the default minUniformBufferOffsetAlignment). */
const UNIFORM_ALIGNMENT = 256;

/** Sets of buffers whose bind groups are cached: a network may have many layers of one shape. */
const MAX_BOUND = 256;

/** The buffer of each operand of a plan. */
export type OperandBuffers = Partial<Record<Operand, GPUBuffer>>;

/**
 * Bind groups, and what records the copies before each step, found by the buffer of each operand and each texture in turn: of those so far, and by
 * the next. They are dropped when one of them is garbage-collected.
 */
interface Bound {
  groups?: readonly GPUBindGroup[];
  copies?: readonly (readonly Recording[])[] | undefined;
  readonly next: WeakMap<GPUBuffer | GPUTexture, Bound>;
}

export class Executable {
  readonly #gpu: GpuContext;
  readonly #steps: readonly Step<string>[];
  /** The operands that the steps bind. */
  readonly #operands: readonly string[];
  readonly #pipelines: readonly GPUComputePipeline[];
  readonly #uniforms: GPUBuffer;
  readonly #uniformRanges: readonly { readonly offset: number; readonly size: number }[];
  /** The copies of operands, if steps bind textures or operands as uniforms. */
  readonly #copies: StepCopies | undefined;
  #bound: Bound = { next: new WeakMap() };
  #boundCount = 0;

  constructor(gpu: GpuContext, given: readonly Step<string>[]) {
    this.#gpu = gpu;
    const steps = given.filter(({ workgroups: [x] }) => x > 0);
    this.#steps = steps;
    this.#operands = [...new Set(steps.flatMap(({ bindings }) => bindings.map(({ operand }) => operand)))];
    this.#copies = gpu.textures?.copiesFor(steps);
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

  /**
   * Records every step, in order, in one compute pass if there are no copies between them.
   * @param textures those of the caller, if the commands are not submitted at once
   */
  encode(encoder: GPUCommandEncoder, buffers: Readonly<Buffers>, textures?: ScratchTextures): void {
    const commands = new Commands(encoder);
    this.bind(buffers, textures)(commands);
    commands.end();
  }

  /** Records steps that bind no textures, in order, in a pass of the caller's. */
  record(pass: GPUComputePassEncoder, buffers: Readonly<Buffers>): void {
    this.bind(buffers)({
      pass,
      get encoder(): never {
        throw new Error("copies need an encoder");
      },
    });
  }

  /** Finds or creates the bind groups of buffers, and returns what records every step, in order. */
  bind(buffers: Readonly<Buffers>, textures = this.#gpu.textures): Recording {
    const bound = this.#bind(buffers, this.#copies ? textures!.acquire(this.#copies.rows) : []);
    return (target) => this.#record(target, bound);
  }

  #record(target: Target, { groups, copies }: Bound): void {
    for (let index = 0; index < this.#steps.length; index++) {
      for (const copy of copies?.[index] ?? []) copy(target);
      const [x, y, z] = this.#steps[index]!.workgroups;
      const { pass } = target;
      pass.setPipeline(this.#pipelines[index]!);
      pass.setBindGroup(0, groups![index]);
      pass.dispatchWorkgroups(x, y, z);
    }
  }

  /** Creates the textures that the steps bind, so that recording another executable on the same encoder frees none of them. */
  reserve(textures: ScratchTextures): void {
    textures.acquire(this.#copies?.rows ?? []);
  }

  /** Number of dispatches. */
  get dispatches(): number {
    return this.#steps.length;
  }

  destroy(): void {
    this.#gpu.memory.free(this.#uniforms);
    this.#copies?.destroy();
  }

  #bind(buffers: Readonly<Buffers>, textures: readonly GPUTexture[]): Bound {
    let bound = this.#bound;
    const follow = (one: GPUBuffer | GPUTexture): void => {
      let next = bound.next.get(one);
      if (!next) bound.next.set(one, (next = { next: new WeakMap() }));
      bound = next;
    };
    for (const operand of this.#operands) {
      const buffer = buffers[operand];
      if (!buffer) throw new Error(`the plan needs a buffer for ${operand}`);
      follow(buffer);
    }
    for (const texture of textures) follow(texture);
    if (!bound.groups) {
      const bindable = { ...buffers };
      bound.copies = this.#copies?.record(bindable, textures);
      bound.groups = this.#steps.map((step, index) => this.#bindGroup(step, index, bindable, textures));
      if (++this.#boundCount % MAX_BOUND === 0) this.#bound = { next: new WeakMap() };
    }
    return bound;
  }

  #bindGroup(step: Step<string>, index: number, buffers: Buffers, textures: readonly GPUTexture[]): GPUBindGroup {
    const uniforms = { buffer: this.#uniforms, ...this.#uniformRanges[index]! };
    let texture = 0;
    const entries = step.bindings.map(({ binding, operand, offset, size, texture: isTexture }) => ({
      binding,
      resource: isTexture ? textures[texture++]!.createView() : { buffer: buffers[operand]!, offset, size },
    }));
    this.#gpu.errors.creating();
    return this.#gpu.device.createBindGroup({
      layout: this.#pipelines[index]!.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: uniforms }, ...entries],
    });
  }
}
