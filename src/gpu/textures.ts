// Textures: scratch copies of operands that kernels load as textures (kernel/textures.ts) or bind as uniforms. Only platforms with such kernels load this.
import copyNumbersShader from "../../shaders/lib/copy-numbers.wgsl";
import copyShader from "../../shaders/lib/copy-to-texture.wgsl";
import { writableBindings } from "../kernel/access.ts";
import { type Binding, type Kernel, type Step, WORKGROUP_SIZE, gridFor } from "../kernel/step.ts";
import { ROW_BYTES, TEXEL_BYTES, TEXTURE_WIDTH, textureRows } from "../kernel/textures.ts";
import type { Recording } from "./commands.ts";
import type { GpuContext } from "./context.ts";
import type { Buffers, ScratchTextures, StepCopies } from "./texture-copies.ts";
import { BufferUsage, TextureUsage } from "./usage.ts";

/** A copy of a range of an operand into a texture, by its place among those of the steps. */
interface TextureCopy extends Pick<Binding<string>, "operand" | "offset" | "size"> {
  readonly texture: number;
}

export class Textures implements ScratchTextures {
  readonly #gpu: GpuContext;
  readonly #textures: GPUTexture[] = [];

  constructor(gpu: GpuContext) {
    this.#gpu = gpu;
  }

  acquire(rows: readonly number[]): readonly GPUTexture[] {
    const { memory, device } = this.#gpu;
    return rows.map((wanted, at) => {
      const texture = this.#textures[at];
      if (texture && texture.height >= wanted) return texture;
      if (texture) memory.free(texture);
      const usage = TextureUsage.COPY_DST | TextureUsage.TEXTURE_BINDING | TextureUsage.STORAGE_BINDING;
      const size = [TEXTURE_WIDTH, wanted];
      return (this.#textures[at] = memory.hold("workspace", wanted * ROW_BYTES, () =>
        device.createTexture({ label: "convoke workspace", size, format: "rgba32float", usage }),
      ));
    });
  }

  release(): void {
    for (const texture of this.#textures.splice(0)) this.#gpu.memory.free(texture);
  }

  others(): Textures {
    return new Textures(this.#gpu);
  }

  copiesFor(steps: readonly Step<string>[]): TextureCopies | undefined {
    const copied = steps.some(({ bindings }) => bindings.some(({ texture, uniform }) => texture || uniform));
    return copied ? new TextureCopies(this.#gpu, steps) : undefined;
  }
}

export class TextureCopies implements StepCopies {
  readonly #gpu: GpuContext;
  /** The copies before each step, into the first textures, in the order of its bindings. */
  readonly before: readonly (readonly TextureCopy[])[];
  readonly rows: readonly number[];
  /** The range that kernels bind as uniforms. */
  readonly #uniform: Binding<string> | undefined;
  /** Its copy, once a buffer lacks that usage. */
  #copy: GPUBuffer | undefined;

  constructor(gpu: GpuContext, steps: readonly Step<string>[]) {
    this.#gpu = gpu;
    this.before = copiesBefore(steps);
    this.#uniform = steps.flatMap(({ bindings }) => bindings).find(({ uniform }) => uniform);
    const rows: number[] = [];
    for (const { texture, size } of this.before.flat()) rows[texture] = Math.max(rows[texture] ?? 0, textureRows(size));
    this.rows = rows;
  }

  record(buffers: Buffers, textures: readonly GPUTexture[]): readonly (readonly Recording[])[] {
    const copies = this.before.map((each) =>
      each.map((copy) => recordCopy(this.#gpu, copy, buffers[copy.operand]!, textures[copy.texture]!)),
    );
    const { operand = "", size = 0 } = this.#uniform ?? {};
    const buffer = buffers[operand];
    if (!buffer || buffer.usage & BufferUsage.UNIFORM) return copies;
    const usage = BufferUsage.UNIFORM | BufferUsage.STORAGE | BufferUsage.COPY_DST;
    this.#copy ??= this.#gpu.memory.allocate("workspace", { label: "convoke uniform copy", size, usage });
    buffers[operand] = this.#copy;
    return [[recordUniform(this.#gpu, buffer, this.#copy), ...copies[0]!], ...copies.slice(1)];
  }

  destroy(): void {
    if (this.#copy) this.#gpu.memory.free(this.#copy);
  }
}

const overlap = (a: Binding<string>, b: Binding<string>): boolean =>
  a.operand === b.operand && a.offset < b.offset + b.size && b.offset < a.offset + a.size;

function copiesBefore(steps: readonly Step<string>[]): readonly (readonly TextureCopy[])[] {
  const held: (Binding<string> | undefined)[] = [];
  return steps.map(({ kernel, bindings }) => {
    const copies = bindings
      .filter((one) => one.texture)
      .flatMap((range, texture) => {
        const { operand, offset, size } = range;
        const before = held[texture];
        held[texture] = range;
        const same = before?.operand === operand && before.offset === offset && before.size === size;
        return same ? [] : [{ operand, offset, size, texture }];
      });
    const writable = writableBindings(kernel);
    const written = bindings.filter(({ binding }) => writable.has(binding));
    for (const [at, range] of held.entries())
      if (range && written.some((one) => overlap(one, range))) held[at] = undefined;
    return copies;
  });
}

/** Copies by a kernel, from buffers that may only be bound: others are copied in a tenth of the time. */
const COPY: Kernel = { shaders: [copyShader], constants: { WORKGROUP_SIZE, TEXTURE_WIDTH } };

function recordCopy(gpu: GpuContext, { offset, size }: TextureCopy, buffer: GPUBuffer, texture: GPUTexture): Recording {
  const texels = Math.floor(size / TEXEL_BYTES);
  const rows = Math.floor(texels / TEXTURE_WIDTH);
  const rest = texels % TEXTURE_WIDTH;
  if (buffer.usage & BufferUsage.COPY_SRC)
    return ({ encoder }) => {
      const copy = (first: number, width: number, height: number): void =>
        encoder.copyBufferToTexture(
          { buffer, offset: offset + first * ROW_BYTES, bytesPerRow: ROW_BYTES },
          { texture, origin: [0, first] },
          [width, height],
        );
      if (rows > 0) copy(0, TEXTURE_WIDTH, rows);
      if (rest > 0) copy(rows, rest, 1);
    };
  const grid = [TEXTURE_WIDTH / WORKGROUP_SIZE, rows + Number(rest > 0)] as const;
  return recordKernel(gpu, COPY, { buffer, offset, size }, texture.createView(), grid);
}

const COPY_NUMBERS: Kernel = { shaders: [copyNumbersShader], constants: { WORKGROUP_SIZE } };

/** Copies a whole buffer that may not be bound as uniforms to one that may. */
function recordUniform(gpu: GpuContext, buffer: GPUBuffer, copy: GPUBuffer): Recording {
  const { size } = copy;
  if (buffer.usage & BufferUsage.COPY_SRC) return ({ encoder }) => encoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
  const [x] = gridFor(size / TEXEL_BYTES);
  return recordKernel(gpu, COPY_NUMBERS, { buffer, size }, { buffer: copy }, [x, 1]);
}

/** A kernel that copies from a range of a buffer. */
function recordKernel(
  { device, errors, pipelines }: GpuContext,
  kernel: Kernel,
  from: GPUBufferBinding,
  to: GPUBindingResource,
  [x, y]: readonly [number, number],
): Recording {
  const pipeline = pipelines.get(kernel);
  errors.creating();
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: from },
      { binding: 1, resource: to },
    ],
  });
  return ({ pass }) => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y);
  };
}
