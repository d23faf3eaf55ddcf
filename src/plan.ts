// Plan: how a problem is computed, as plain data. A list of dispatches, each with its kernel, constants, bindings and
// uniforms, and the workspace they share. No GPU object appears here, so planning is tested in Node and a plan can be
// printed, compared and replayed.

/**
 * The buffers a plan works on: the tensors of a pass, and those of its epilogue and of its prologue (`gate`: what the derivative of an
 * activation is computed from). `workspace` is scratch memory: its contents before and after a run mean nothing. `prepared` holds what
 * the plan makes of one operand alone (packed, transformed): of weights it is kept with their tensor. `padded` is the gradient of
 * a padded input, until the plan is joined and it gets its place in the workspace.
 */
export type Operand = TensorOperand | "workspace" | "prepared" | "padded";
export type TensorOperand = "x" | "w" | "y" | "dx" | "dw" | "dy" | "db" | "bias" | "residual" | "gate";

/** A range of an operand at a binding number of a kernel. Offsets and sizes are in bytes. */
export interface Binding<Name extends string = Operand> {
  readonly binding: number;
  readonly operand: Name;
  readonly offset: number;
  readonly size: number;
}

/** The value of a WGSL constant: a plain number becomes u32; f32s an array, which folds away where constants index it. */
export type Constant =
  | number
  | boolean
  | { readonly i32: number }
  | { readonly f32: number }
  | { readonly f32s: readonly number[] };

/** A kernel by its parts: shader files by name, and the constants and type aliases that stand before them. */
export interface Kernel {
  /** Names of files in shaders/, without the ending; the entry point stands in the last. */
  readonly shaders: readonly string[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names of functions in the shaders that stand for others of them: what `aliases` does for types. */
  readonly functions?: Readonly<Record<string, string>>;
  /** Bindings that are only read but lie in the buffer that the kernel writes: declared writable, as WebGPU wants it. */
  readonly shared?: readonly number[];
}

/** One dispatch. Operands have the names of convolutions, or those that an operation beside them (src/ops/) gives its tensors. */
export interface Step<Name extends string = Operand> {
  readonly kernel: Kernel;
  readonly bindings: readonly Binding<Name>[];
  /** The 32-bit words of the uniform struct at binding 0, in its order; negative ones as two's complement. */
  readonly uniforms: readonly number[];
  readonly workgroups: readonly [number, number, number];
}

/** What is made of the weights (in the backward-weights pass: of dy): steps that read them, may use `workspace` and write `prepared`. */
export interface Preparation {
  readonly steps: readonly Step[];
  readonly bytes: number;
}

export interface Plan {
  readonly algorithm: string;
  readonly variant: string;
  readonly preparation?: Preparation;
  readonly steps: readonly Step[];
  /** Scratch memory that the steps need, those of the preparation too. */
  readonly workspaceBytes: number;
}

/** Bytes a plan needs beside its operands: what a workspace cap is held against. */
export function extraBytes(plan: Plan): number {
  return plan.workspaceBytes + (plan.preparation?.bytes ?? 0);
}

/** Binding numbers that mean the same in every kernel; 1 and 2 are the two inputs of the kernel, whatever they are. */
export const BINDING = { uniforms: 0, first: 1, second: 2, output: 3, bias: 4, residual: 5, gate: 6 } as const;

/** Ranges of one buffer bound with an offset start at multiples of this (WebGPU's default minStorageBufferOffsetAlignment). */
export const STORAGE_ALIGNMENT = 256;

/** Invocations of a workgroup, in one dimension, in every kernel here; thread ids come from shaders/lib/thread.wgsl. */
export const WORKGROUP_SIZE = 64;

/** Default of maxComputeWorkgroupsPerDimension, which every adapter has. */
const MAX_WORKGROUPS = 65_535;

/**
 * The grid for a number of threads: one row while that fits, else rows of nearly equal length. shaders/lib/thread.wgsl makes
 * the linear thread index again; threads past the end return.
 */
export function gridFor(threads: number): [number, number, number] {
  const groups = Math.ceil(threads / WORKGROUP_SIZE);
  const rows = Math.ceil(groups / MAX_WORKGROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}
