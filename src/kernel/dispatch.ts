// Builds steps: the entry point, the grid and the numbering of bindings are the same for every kernel.
import mainWorkgroupShader from "../../shaders/lib/main-workgroup.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";
import { type Binding, type Kernel, type Step, WORKGROUP_SIZE, gridFor } from "./step.ts";
import type { Uniforms } from "./uniforms.ts";

/** A range of an operand, in bytes, at the given binding number; without one, at its place in the list of ranges, from 1 on. */
export type Range<Name extends string = string> = Omit<Binding<Name>, "binding"> & { readonly binding?: number };

interface Common<Name extends string> extends Omit<Kernel, "constants"> {
  readonly constants?: Kernel["constants"];
  /** Holes leave a binding number out. */
  readonly ranges: readonly (Range<Name> | undefined)[];
  /** Without `threads`, which is added. */
  readonly uniforms?: Uniforms | readonly number[];
}

/** A kernel that defines `fn thread(index: u32)`, called for each of so many invocations. */
export interface ThreadDispatch<Name extends string = string> extends Common<Name> {
  readonly threads: number;
}

/** A kernel that defines `fn workgroup_thread(index: u32, local: u32)`, called by all invocations of each of so many workgroups. */
export interface WorkgroupDispatch<Name extends string = string> extends Common<Name> {
  readonly workgroups: number;
}

/** The step of a kernel. Its uniform struct has the field `threads` where the kernel defines `thread`. */
export function dispatch<Name extends string>(given: ThreadDispatch<Name> | WorkgroupDispatch<Name>): Step<Name> {
  const { shaders, constants, ranges, uniforms, aliases, functions, readWrite } = given;
  const byThread = "threads" in given;
  return {
    kernel: {
      shaders: [byThread ? mainShader : mainWorkgroupShader, ...shaders],
      constants: { WORKGROUP_SIZE, ...constants },
      ...(aliases && { aliases }),
      ...(functions && { functions }),
      ...(readWrite && readWrite.length > 0 && { readWrite }),
    },
    bindings: ranges.flatMap((range, at) => (range ? [{ binding: at + 1, ...range }] : [])),
    uniforms: Array.isArray(uniforms)
      ? (uniforms as readonly number[])
      : byThread
        ? { threads: given.threads, ...(uniforms as Uniforms) }
        : { ...(uniforms as Uniforms) },
    workgroups: gridFor(byThread ? given.threads : given.workgroups * WORKGROUP_SIZE),
  };
}
