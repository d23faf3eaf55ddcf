// Steps and plans: how a problem is computed, as plain data. A plan is a list of dispatches, each with its kernel, constants, bindings and
// uniforms, and the workspace they share. There is no GPU object in it, so planning is tested in Node and a plan can be printed, compared and
// replayed.
import type { Operand } from "../problem/operand.ts";
import type { Shader } from "./shader.ts";
import type { Uniforms } from "./uniforms.ts";

/** A range of an operand at a binding number of a kernel. Offsets and sizes are in bytes. */
export interface Binding<Name extends string = Operand> {
  readonly binding: number;
  readonly operand: Name;
  readonly offset: number;
  readonly size: number;
  /** Whether the kernel loads a copy of it in a texture (textures.ts). */
  readonly texture?: boolean;
  /** Whether the kernel binds it as uniforms: from a copy if the buffer is the caller's and lacks the usage. The same range in all steps. */
  readonly uniform?: boolean;
}

/** The value of a WGSL constant. A plain number becomes u32; `f32s` becomes an array, which compilers fold away if its indices are constants. */
export type Constant =
  | number
  | boolean
  | { readonly i32: number }
  | { readonly f32: number }
  | { readonly f32s: readonly number[] };

/** A kernel: shader files, and the constants and type aliases that precede them. */
export interface Kernel {
  /** The files to concatenate; the last one names the kernel. */
  readonly shaders: readonly Shader[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Function names in the shaders, and the names that replace them: what `aliases` does for types. */
  readonly functions?: Readonly<Record<string, string>>;
  /** The subgroup size that the kernel asks for, on a device with the feature subgroup-size-control. */
  readonly subgroupSize?: number | undefined;
  /** Whether it is assembled compact (unroll.ts): such code compiles in half the time, and may take longer to run. */
  readonly compact?: boolean;
  /** Whether it is assembled brief: for the first calls, in a third of the time; it takes up to twice as long to run, and computes the same bits. */
  readonly brief?: boolean;
  /** Whether it is never assembled compact, since its stores are short. */
  readonly unrolled?: boolean;
  /** Bindings that are only read but lie in the buffer that the kernel writes: WebGPU requires read_write for them. */
  readonly readWrite?: readonly number[];
}

/** One dispatch. Operands are named as the tensors of a convolution, or as another operation (src/ops/) names its tensors. */
export interface Step<Name extends string = Operand> {
  readonly kernel: Kernel;
  readonly bindings: readonly Binding<Name>[];
  /** Values of the uniform struct at binding 0, by the names of its fields. */
  readonly uniforms: Uniforms;
  readonly workgroups: readonly [number, number, number];
  /** The step that first calls run in its place, if not itself: one on smaller tiles, which computes the same bits. */
  readonly brief?: Step<Name>;
}

/** Prepacks the weights (in the backward-weights pass: dy): steps that read them, may use `workspace` and write `prepared`. */
export interface Preparation {
  readonly steps: readonly Step[];
  readonly bytes: number;
}

/** One way to compute a problem: the preparation of the weights, run once for each weight tensor, and the steps of every run. */
export interface Plan {
  readonly algorithm: string;
  readonly variant: string;
  readonly preparation?: Preparation;
  readonly steps: readonly Step[];
  /** Scratch memory of all steps, those of the preparation included. */
  readonly workspaceBytes: number;
}

interface Kernels {
  readonly steps: readonly { readonly kernel: Kernel }[];
}

/** The kernels of a plan, those of its preparation first. */
export function kernelsOf({ steps, preparation }: Kernels & { readonly preparation?: Kernels }): Kernel[] {
  return [...(preparation?.steps ?? []), ...steps].map(({ kernel }) => kernel);
}

/** Binding numbers of the kernels of convolution; `first` and `second` are the two inputs of the kernel. */
export const BINDING = { uniforms: 0, first: 1, second: 2, output: 3, bias: 4, residual: 5, gate: 6 } as const;

/** Alignment of bound ranges in a buffer (WebGPU's default minStorageBufferOffsetAlignment). */
export const STORAGE_ALIGNMENT = 256;

/** Invocations of a workgroup, one-dimensional, in every kernel. */
export const WORKGROUP_SIZE = 64;

/** The default of maxComputeWorkgroupsPerDimension, which every adapter supports. */
const MAX_WORKGROUPS = 65_535;

/**
 * Returns the grid for a number of threads: one row if that fits, else rows of nearly equal length. shaders/lib/main.wgsl recovers the linear
 * index; threads past the end return.
 * No threads have the grid [0, 1, 1], which is never dispatched.
 */
export function gridFor(threads: number): [number, number, number] {
  const groups = Math.ceil(threads / WORKGROUP_SIZE);
  const rows = Math.max(1, Math.ceil(groups / MAX_WORKGROUPS));
  return [Math.ceil(groups / rows), rows, 1];
}
