// What an operation beside convolution is, as plain data: the tensors it reads, those it makes or changes, and the dispatches between.
// Data here as in plans: what it is written in, the context (context.ts) runs.
import { type Dtype, bytesFor } from "../../dtype.ts";
import { type Constant, type Kernel, type Step, WORKGROUP_SIZE, gridFor } from "../../plan.ts";
import type { Layout } from "../../problem.ts";
import { elementCount } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";

/** A tensor without its numbers. */
export interface TensorDescription {
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly dtype: Dtype;
}

/** How an operation is computed. */
export interface Recipe {
  readonly steps: readonly Step<string>[];
  /** Scratch memory, which steps bind as the operand "workspace". */
  readonly workspaceBytes?: number;
}

/** One operation on tensors that were checked. */
export interface Operation<Result extends string = string> {
  /** Its public name, with which failures on the GPU are reported. */
  readonly name: string;
  /** What is read, by the names that the steps have for it. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What is made: new tensors. */
  readonly results: Readonly<Record<Result, TensorDescription>>;
  /** Those of the inputs that are written as well. */
  readonly updates?: readonly string[];
  /** All else that the recipe depends on: plain data. */
  readonly parameters?: unknown;
  /** Numbers that change from call to call, and the recipe does not depend on: steps bind them, as float32, as the operand "numbers". */
  readonly numbers?: readonly number[];
  /** The same for the same name, descriptions of tensors and parameters: it is compiled once and kept. */
  recipe(): Recipe;
}

/** A range of an operand in bytes. */
export interface Range {
  readonly operand: string;
  readonly offset: number;
  readonly size: number;
  /** Where it is bound, if not by its place in the list. */
  readonly binding?: number;
}

/** All of a tensor, under the name that the operation has for it. */
export function whole(operand: string, { shape, dtype }: TensorDescription): Range {
  return { operand, offset: 0, size: bytesFor(elementCount(shape), dtype) };
}

export interface Dispatch {
  /** Files of shaders/ by name; lib/thread comes before them, the entry point stands in the last. */
  readonly shaders: readonly string[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly aliases?: Kernel["aliases"];
  readonly functions?: Kernel["functions"];
  /** What stands at the bindings 1, 2, ... of the kernel, of which it may leave out some. */
  readonly ranges: readonly (Range | undefined)[];
  /** Bindings of the kernel that are read and lie in a buffer which another one writes. */
  readonly shared?: readonly number[];
  /** The words of the uniform struct at binding 0; `floatBits` makes those of its floats. */
  readonly uniforms: readonly number[];
  /** Invocations, in workgroups of WORKGROUP_SIZE. */
  readonly threads: number;
}

/** So many numbers of an operation (`Operation.numbers`). */
export function numbersRange(count: number): Range {
  return { operand: "numbers", offset: 0, size: bytesFor(count, "f32") };
}

/** A step of one invocation for each element, or whatever an invocation is for. */
export function dispatch({ shaders, constants, ranges, uniforms, threads, ...kernel }: Dispatch): Step<string> {
  return {
    kernel: { shaders: ["lib/thread", ...shaders], constants: { WORKGROUP_SIZE, ...constants }, ...kernel },
    bindings: ranges.flatMap((range, at) => (range ? [{ binding: at + 1, ...range }] : [])),
    uniforms,
    workgroups: gridFor(threads),
  };
}

/** The word of a uniform struct that holds a float32. */
export function floatBits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}
