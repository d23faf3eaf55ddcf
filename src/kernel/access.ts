// Access: which bindings of a kernel it may write.
import type { Kernel } from "./step.ts";

const WRITABLE = /@binding\((\d+)\)\s*var<storage,\s*read_write>/g;

/** Returns the numbers of the bindings that a kernel declares as writable. */
export function writableBindings({ shaders, readWrite = [] }: Kernel): Set<number> {
  const declared = shaders.flatMap(({ text }) => [...text.matchAll(WRITABLE)].map(([, binding]) => Number(binding)));
  return new Set([...declared, ...readWrite]);
}
