// Dispatch: builds steps, adding what all kernels have in common: the entry point, the grid and the numbering of bindings.
import mainWorkgroupShader from "../../shaders/lib/main-workgroup.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";
import { type Binding, type Kernel, type Step, WORKGROUP_SIZE, gridFor } from "./step.ts";
import type { Uniforms } from "./uniforms.ts";

/** A byte range of an operand, at a binding number: by default its position in the list of ranges, counted from 1. */
export type Range<Name extends string = string> = Omit<Binding<Name>, "binding"> & { readonly binding?: number };

interface Common<Name extends string> extends Omit<Kernel, "constants"> {
  readonly constants?: Kernel["constants"];
  /** An undefined entry skips a binding number. */
  readonly ranges: readonly (Range<Name> | undefined)[];
  /** The fields of the uniform struct except `threads`, which is added. */
  readonly uniforms?: Uniforms;
}

/** A kernel that defines `fn thread(index: u32)`, called for `threads` invocations. */
export interface ThreadDispatch<Name extends string = string> extends Common<Name> {
  readonly threads: number;
}

/** A kernel with barriers, which defines `fn workgroup_thread(index: u32, local: u32)`, called by all invocations of `workgroups` workgroups. */
export interface WorkgroupDispatch<Name extends string = string> extends Common<Name> {
  readonly workgroups: number;
}

/**
 * Returns the step of a kernel. A kernel that defines `thread` must have the field `threads` in its uniform struct.
 * @example
 * dispatch({
 *   threads: elements,
 *   shaders: [loadShader, scaleShader],
 *   ranges: [whole("x", x), whole("y", x)],
 *   uniforms: { scale: 2 },
 * });
 */
export function dispatch<Name extends string>(given: ThreadDispatch<Name> | WorkgroupDispatch<Name>): Step<Name> {
  const { shaders, constants, ranges, uniforms, aliases, functions, readWrite, subgroupSize, unrolled } = given;
  const byThread = "threads" in given;
  const { WORKGROUP_SIZE: size = WORKGROUP_SIZE } = constants ?? {};
  const workgroups = byThread ? Math.ceil(given.threads / Number(size)) : given.workgroups;
  return {
    kernel: {
      shaders: [byThread ? mainShader : mainWorkgroupShader, ...shaders],
      constants: { WORKGROUP_SIZE, ...constants },
      ...(aliases && { aliases }),
      ...(functions && { functions }),
      ...(subgroupSize !== undefined && { subgroupSize }),
      ...(unrolled && { unrolled }),
      ...(readWrite && readWrite.length > 0 && { readWrite }),
    },
    bindings: ranges.flatMap((range, at) => (range ? [{ binding: at + 1, ...range }] : [])),
    uniforms: byThread ? { threads: given.threads, ...uniforms } : { ...uniforms },
    workgroups: gridFor(workgroups * WORKGROUP_SIZE),
  };
}
